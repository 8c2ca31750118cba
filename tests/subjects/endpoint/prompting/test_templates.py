"""Template sets: shipped ones by name, a researcher's own by folder."""

from __future__ import annotations

import pytest

from twinbean.errors import SubjectError
from twinbean.subjects.endpoint.prompting import TemplateSet, open_templates


def written(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.j2").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_ones_own_is_a_set(tmp_path):
    folder = written(tmp_path / "mine", system="{{ cover }}", transcript="{{ so_far }} Now? {{ labels[0] }}")
    templates = open_templates(str(folder))
    assert templates.render("transcript", {"so_far": "Then.", "labels": ["A"]}) == "Then. Now? A"
    assert "transcript" in templates
    assert "notes" not in templates
    assert templates.uses("cover")
    assert not templates.uses("framing")


def test_a_set_is_known_by_its_name_and_by_a_hash_of_its_texts(tmp_path):
    folder = written(tmp_path / "mine", system="one")
    before = TemplateSet(folder).describe()
    assert before["id"] == "mine"
    assert TemplateSet(folder).describe() == before
    written(folder, system="two")
    assert TemplateSet(folder).describe()["sha256"] != before["sha256"]


def test_what_is_shown_is_not_escaped(tmp_path):
    templates = TemplateSet(written(tmp_path / "mine", system="{{ cover }}"))
    assert templates.render("system", {"cover": "<b> & 'so'"}) == "<b> & 'so'"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{% if %}", "system.j2, line 1 is no Jinja2 template"), ("{{ reward }}", "'reward' is undefined")],
)
def test_a_mistake_is_told_with_its_file(tmp_path, text, reason):
    folder = written(tmp_path / "mine", system=text)
    with pytest.raises(SubjectError, match=reason):
        TemplateSet(folder).render("system", {"cover": ""})


def test_a_set_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SubjectError, match="there are no templates 'none': expected buttons-notes, plain or a folder"):
        open_templates("none")
    with pytest.raises(SubjectError, match=r"lack system\.j2"):
        open_templates(str(tmp_path))
