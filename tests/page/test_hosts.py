"""What is exported for JATOS is an archive that it imports, as its documentation describes one."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any
from uuid import UUID

import pytest

from twinbean.errors import TaskError
from twinbean.page import PageOptions, render
from twinbean.page.hosts import JATOS, datapipe, jatos_archive

DEFINITION: dict[str, Any] = {"format": 2, "task": "t", "language": "en", "blocks": []}


def study(**changes: Any) -> tuple[list[str], dict[str, Any]]:
    given = {"task": "two armed/bandit", "identity": "a", "options": PageOptions(title="My study")} | changes
    archive = zipfile.ZipFile(io.BytesIO(jatos_archive("<html>é", **given)))
    [description] = [name for name in archive.namelist() if name.endswith(".jas")]
    return archive.namelist(), json.loads(archive.read(description))


def test_the_archive_has_one_description_and_one_folder() -> None:
    names, content = study()
    assert content["version"] == "3"
    data = content["data"]
    assert sorted(names) == [f"{data['dirName']}.jas", f"{data['dirName']}/index.html"]
    [component] = data["componentList"]
    assert re.fullmatch(r"[\w\d_-][\w\d/_-]*\.[\w\d_-]+", component["htmlFilePath"])
    assert data["title"] == "My study"
    assert {"groupStudy", "linearStudy", "allowPreview", "jsonData", "endRedirectUrl", "studyEntryMsg"} <= data.keys()
    assert {"maxTotalWorkers", "allowedWorkerTypes"} <= data["batchList"][0].keys()
    for part in (data, component, data["batchList"][0]):
        UUID(part["uuid"])


def test_the_same_study_keeps_its_id_and_its_bytes_and_another_gets_another() -> None:
    options = PageOptions()
    first = jatos_archive("page", task="t", identity="a", options=options)
    assert first == jatos_archive("page", task="t", identity="a", options=options)
    ids = [study(**changes)[1]["data"]["uuid"] for changes in ({}, {}, {"identity": "b"}, {"options": options})]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def policy(page: str) -> dict[str, str]:
    [content] = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', page)
    return dict(directive.split(" ", 1) for directive in content.replace("&#39;", "'").split("; "))


def test_a_hosts_page_may_do_what_the_host_needs_and_no_more() -> None:
    plain, jatos, pipe = (policy(render(DEFINITION, [], host=host)) for host in (None, JATOS, datapipe("e1")))
    assert jatos.keys() - plain.keys() == {"connect-src", "worker-src"}
    assert jatos["connect-src"] == jatos["worker-src"] == "'self'"
    assert jatos["script-src"].split()[-1] == "'self'"
    assert pipe.keys() - plain.keys() == {"connect-src"}
    assert pipe["connect-src"] == "https://pipe.jspsych.org"
    assert "'self'" not in pipe["script-src"]


def test_what_cannot_be_an_experiment_is_refused() -> None:
    with pytest.raises(TaskError, match="'a b', expected letters and digits"):
        datapipe("a b")
