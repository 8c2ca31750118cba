"""A Psych-DS dataset keeps each rule of Psych-DS (its schema 1.5.0, by the names of its errors and warnings)."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from twinbean.archive.archiving import write_archive

NAME = re.compile(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv")
KEYWORDS = {"study", "site", "subject", "session", "task", "condition", "trial", "stimulus", "description"}
# What schema.org knows of the types that are used, of what is written.
PROPERTIES = {
    "Dataset": {"name", "description", "license", "author", "citation", "funder", "sourceOrganization"}
    | {"variableMeasured"},
    "PropertyValue": {"name", "description", "unitText", "valueReference", "value"},
    "Person": {"name"},
    "Organization": {"name"},
}


@pytest.fixture(scope="module", params=["a_study", "a_study_with_stages", "a_whole_study"])
def dataset(contents, request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("psychds") / request.param
    write_archive(contents[request.param], folder, "psych-ds")
    return folder


def described(folder: Path) -> dict:
    return json.loads((folder / "dataset_description.json").read_bytes().decode("utf-8"))


def tables(folder: Path) -> dict[Path, list[list[str]]]:
    return {
        path: list(csv.reader(path.read_bytes().decode("utf-8").splitlines(keepends=True), strict=True))
        for path in (folder / "data").rglob("*.csv")
    }


def test_missing_required_element(dataset):
    assert (dataset / "dataset_description.json").is_file()
    assert (dataset / "data").is_dir()
    assert tables(dataset)


def test_json_key_required(dataset):
    found = described(dataset)
    assert all(found[name] for name in ("name", "description", "variableMeasured"))


def test_missing_dataset_type_and_incorrect_dataset_type_and_unknown_namespace(dataset):
    found = described(dataset)
    assert (found["@type"], found["@context"]) == ("Dataset", "https://schema.org/")


def test_filename_keyword_formatting_error_and_unofficial_keyword_warning(dataset):
    for path in tables(dataset):
        assert NAME.fullmatch(path.name)
        words = path.name.removesuffix("_data.csv").split("_")
        assert {word.partition("-")[0] for word in words} <= KEYWORDS


def test_csv_formatting_error_and_header_missing_repeated_and_of_another_length(dataset):
    for rows in tables(dataset).values():
        header = rows[0]
        assert all(header)
        assert len(set(header)) == len(header)
        assert {len(row) for row in rows} == {len(header)}


def test_csv_column_missing_from_metadata_and_variable_missing_from_csv_columns(dataset):
    named = [one["name"] for one in described(dataset)["variableMeasured"]]
    assert len(set(named)) == len(named)
    assert set(named) == {name for rows in tables(dataset).values() for name in rows[0]}


def test_rowid_values_not_unique(dataset):
    assert all("row_id" not in rows[0] for rows in tables(dataset).values())


def test_object_type_missing_and_invalid_schemaorg_property(dataset):
    def check(value):
        if isinstance(value, dict):
            known = PROPERTIES[value["@type"]]
            assert value.keys() - {"@type", "@context"} <= known
            for entry in value.values():
                check(entry)
        elif isinstance(value, list):
            for entry in value:
                check(entry)

    check(described(dataset))


def test_file_not_checked_and_file_empty(dataset):
    ignored = (dataset / ".psychdsignore").read_text().split()
    expected = {"dataset_description.json", "README.md", ".psychdsignore", *ignored}
    assert {path.name for path in dataset.iterdir() if path.is_file()} == expected
    assert all(path.stat().st_size for path in dataset.rglob("*") if path.is_file())


def test_every_variable_is_described_in_words_with_its_unit_and_levels(dataset):
    found = {one["name"]: one for one in described(dataset)["variableMeasured"]}
    assert all(one["description"] for one in found.values())
    assert found["rt_ms"]["unitText"] == "ms"
    levels = {one["value"]: one["description"] for one in found["feedback"]["valueReference"]}
    assert levels == {"none": "none", "chosen": "that of the chosen arm", "all": "those of all arms"}
