"""Three studies, each taken part in once."""

from __future__ import annotations

import json

import pytest

from archives import ABOUT, a_study, a_study_with_stages, a_whole_study, continued
from twinbean.archive.about import read_about
from twinbean.archive.content import gather


@pytest.fixture(scope="session")
def about(tmp_path_factory):
    path = tmp_path_factory.mktemp("about") / "about.toml"
    path.write_text(ABOUT)
    return read_about(path)


@pytest.fixture(scope="session")
def studies(tmp_path_factory):
    """Their folders, and a run that continues the people of the first."""
    folder = tmp_path_factory.mktemp("studies")
    found = {make.__name__: [make(folder / make.__name__)] for make in (a_study, a_study_with_stages, a_whole_study)}
    continued(folder / "a_study", folder / "run")
    found["a_study"].append(folder / "run")
    return found


@pytest.fixture(scope="session")
def contents(studies, about):
    return {name: gather(sources, about=about) for name, sources in studies.items()}


@pytest.fixture
def description():
    def read(folder):
        return json.loads((folder / "dataset_description.json").read_text())

    return read
