"""run.json tells one run from another, and records what differs without making another run."""

from __future__ import annotations

import json

import pytest

from twinbean.errors import RunError
from twinbean.runs import manifest
from twinbean.runs.manifest import manifest_of, read_manifest, save_manifest
from twinbean.subjects.registry import SubjectOptions

SMOLLM2 = {"model": "SmolLM2", "dtype": "float32", "engine": "transformers", "device": "cpu"}


def started(folder, **changes):
    content = manifest_of(folder, {"kind": "replay", "seed": 0, "subject": SMOLLM2} | changes)
    save_manifest(folder, content)
    return content


def test_a_run_that_is_resumed_after_an_upgrade_on_another_machine_says_so(tmp_path, monkeypatch):
    started(tmp_path)
    monkeypatch.setattr(manifest.metadata, "version", lambda package: "99")
    monkeypatch.setattr(manifest.platform, "machine", lambda: "riscv64")
    started(tmp_path, subject=SMOLLM2 | {"engine": "unsloth", "device": "NVIDIA H100"})
    found = read_manifest(tmp_path)
    assert found["versions"]["numpy"] != "99"
    assert found["subject"] == SMOLLM2
    (resumption,) = found["resumed"]
    assert resumption["versions"]["numpy"] == "99"
    assert resumption["machine"].endswith("riscv64")
    assert (resumption["engine"], resumption["device"]) == ("unsloth", "NVIDIA H100")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 1}, "its seed is 0, asked for is 1; choose another folder"),
        ({"subject": SMOLLM2 | {"dtype": "bfloat16"}}, "its subject's dtype is 'float32', asked for is 'bfloat16'"),
        ({"subject": SMOLLM2 | {"temperature": 0.5}}, "its subject's temperature is 1.0, asked for is 0.5"),
        ({"window": "block"}, "its window is None, asked for is 'block'"),
    ],
)
def test_what_makes_another_run_is_named(tmp_path, changes, said):
    started(tmp_path)
    before = (tmp_path / "run.json").read_bytes()
    with pytest.raises(RunError, match=f"holds another run: {said}"):
        started(tmp_path, **changes)
    assert (tmp_path / "run.json").read_bytes() == before


def test_a_run_of_0_1_0_goes_on_though_a_models_description_was_reworded_and_an_option_was_added(tmp_path):
    """Subjects as 0.1.0 described them: docstrings in "about", and no "max_tokens"."""
    chat = {"model": "gpt", "base_url": "http://localhost/v1", "endpoint": "chat", "temperature": 1.0}
    learner = {"kind": "learner", "model": "rw", "parameters": {"alpha": 0.3}, "about": "As worded in 0.1.0."}
    for folder, before, now in (
        (tmp_path / "chat", chat, chat | {"max_tokens": SubjectOptions().max_tokens}),
        (tmp_path / "learner", learner, learner | {"about": "As worded now."}),
    ):
        folder.mkdir()
        old = {"format": 1, "kind": "replay", "seed": 0, "subject": before, "versions": {"twinbean": "0.1.0"}}
        (folder / "run.json").write_text(json.dumps(old))
        assert started(folder, subject=now)["subject"] == before
    with pytest.raises(RunError, match="its subject's max_tokens is 4096, asked for is 10"):
        started(tmp_path / "chat", subject=chat | {"max_tokens": 10})


def test_what_a_run_found_does_not_make_it_another(tmp_path):
    manifest.save_manifest(tmp_path, started(tmp_path) | {"found": {"encoded_otherwise": 3}})
    assert started(tmp_path)["found"] == {"encoded_otherwise": 3}


@pytest.mark.parametrize(
    ("text", "said"), [("{", "is not JSON"), (json.dumps({"format": 7}), "has format 7, and this version reads")]
)
def test_a_manifest_that_is_none_is_refused(tmp_path, text, said):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunError, match=said):
        read_manifest(tmp_path)
