"""Whatever comes in is played or refused by name: no traceback, no hang, nothing half-written (see `fuzzing`).

`make fuzz` tries thousands of cases; `--cases N` says how many at every door, `--fuzz-seed S` which. Cases that once
were met with anything else are kept in `fuzz_cases.jsonl`.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

import fuzzed_parquet
import fuzzed_replies
from fuzz_values import BYTES
from fuzzing import Case, Door, complaint, run, snapshot, with_text_at

KEPT = Path(__file__).with_name("fuzz_cases.jsonl")
# Where a server of its own listens.
URL = "{base_url}"
_API = ("--model", "api:script", "--base-url", URL, "-o", "run")
_LOCAL = ("--model", "smollm2", "--dtype", "float32", "--device", "cpu")
_BUTTONS = ("replay", "five_armed_buttons", "--set", "trials=2", "--set", "arms=2", "--samples", "2", "--timeout", "2")
_PLAY = ("replay", "two_armed_bandit", "--model", "random", "--samples", "2", "-o", "run")
DOORS = {
    door.name: door
    for door in (
        Door("page", ("convert", "p.json", "-o", "out.csv"), "p.json"),
        Door("page-replayed", (*_PLAY, "p.json", "--after", "4"), "p.json"),
        Door("table", ("convert", "t.csv", "-o", "out.csv"), "t.csv"),
        Door("table-fitted", ("fit", "t.csv", "--models", "base_rate,sticky", "-o", "out.csv"), "t.csv"),
        Door("journal", _PLAY, "run/trials.jsonl"),
        Door("journal-read", ("convert", "run", "-o", "out.csv"), "run/trials.jsonl"),
        Door("manifest", _PLAY, "run/run.json"),
        Door("words", ("export", "two_armed_bandit", "--words", "w.json", "-o", "page.html"), "w.json"),
        Door(
            "export-options",
            (
                *("export", "two_armed_bandit", "-o", "page.html", "--set", "trials=3", "--seed", "0", "--title", "T"),
                *("--variants", "1", "--language", "en", "--feedback-ms", "10", "--response-window-ms", "10"),
                *("--iti-ms", "10", "--incomplete", "resume", "--completed", "block", "--max-age", "1"),
                *("--completion-url", "https://example.org/", "--words", "w.json"),
            ),
        ),
        Door(
            "replay-options",
            (
                *("replay", "two_armed_bandit", "p.json", "--after", "4", "--model", "random", "--samples", "1"),
                *("--set", "trials=11", "--seed", "0", "-o", "run"),
            ),
        ),
        Door(
            "score-options",
            (
                *("score", "two_armed_bandit", "p.json", "--model", "api:script", "--window", "3", "--seed", "0"),
                *("--set", "trials=11", "--base-url", URL, "-o", "run"),
            ),
            server="bigrams",
        ),
        Door(
            "score-options-of-labels",
            ("score", "transcripts", "t.jsonl", "--labels", "J,F", "--window", "first", *_LOCAL, "-o", "run"),
        ),
        Door("parquet", ("convert", "t.parquet", "-o", "out.csv"), "t.parquet"),
        Door("parquet-fitted", ("fit", "t.parquet", "--models", "base_rate,sticky", "-o", "out.csv"), "t.parquet"),
        Door(
            "parquet-foreign",
            (
                *("convert", "t.parquet", "--participant", "participant", "--choice", "label", "--reward", "reward"),
                *("--block", "block", "--rt", "rt_ms", "-o", "out.csv"),
            ),
            "t.parquet",
        ),
        Door("transcripts", (*("score", "transcripts", "t.jsonl"), *_API), "t.jsonl", server="bigrams"),
        Door("replies-scored", (*("score", "two_armed_bandit", "p.json"), *_API), server="bigrams", replies=True),
        Door("replies-played", (*_BUTTONS, "--temperature", "0", *_API), server="chat", replies=True),
        Door("replies-listed", (*_BUTTONS, "--reading", "logprobs", *_API), server="chat", replies=True),
        Door(
            "replies-completed",
            (*_BUTTONS, "--endpoint", "completions", "--reading", "logprobs", *_API),
            server="bigrams",
            replies=True,
        ),
    )
}
TRANSCRIPTS = [
    {
        "text": "There are machines J and F.\nYou press <<J>>. You get 3 points.\nYou press <<F>>.\n",
        "experiment": "two/exp1.csv",
        "participant": str(number),
    }
    for number in range(3)
]


def page_rows() -> list[dict[str, object]]:
    score, rows = 0, []
    for trial, choice in enumerate([0, 1] * 5 + [0]):
        payoffs = (10 - trial, trial)
        score += payoffs[choice]
        bandits = [{"color": color, "value": value} for color, value in zip(("orange", "blue"), payoffs, strict=True)]
        common = {"participant": "ann", "session": "s1"}
        row = common | {"bean_bandits": bandits, "bean_response": choice, "rt": 400}
        rows.append(row | {"bean_value": payoffs[choice], "bean_score": score})
        rows.append(common | {"bean_text": f"Score: {score}", "rt": None})
    return rows


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder with everything that the doors read, made by the commands that make it."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "p.json").write_text(json.dumps(page_rows()), encoding="utf-8")
        (folder / "w.json").write_text('{"start": "Go", "next": "On"}', encoding="utf-8")
        lines = "".join(f"{json.dumps(line)}\n" for line in TRANSCRIPTS)
        (folder / "t.jsonl").write_text(lines, encoding="utf-8")
        from twinbean.cli import app

        for table in ("t.csv", "t.parquet"):
            app(["convert", "p.json", "-o", table], standalone_mode=False)
        app(list(_PLAY), standalone_mode=False)
    for table in ("trials.csv", "transcripts.jsonl", "sessions.csv"):
        (folder / "run" / table).unlink()
    # The run was stopped in its second session.
    lines = (folder / "run/trials.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "run/trials.jsonl").write_text("".join(lines[:-4]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def spoiler():
    return fuzzed_replies.Spoiler()


@pytest.fixture(scope="module")
def servers(spoiler):
    with fuzzed_replies.servers(spoiler) as running:
        yield running


def content_of(door: Door, folder: Path):
    if door.file is None:
        return door.command
    if door.file.endswith(".parquet"):
        return fuzzed_parquet.rows_of(folder / door.file)
    text = (folder / door.file).read_text(encoding="utf-8")
    if door.file.endswith(".csv"):
        return list(csv.DictReader(io.StringIO(text)))
    return [json.loads(line) for line in text.splitlines()] if door.file.endswith("l") else json.loads(text)


def spoiled(door: Door, case: Case, content) -> bytes:
    """The door's file with the case in its place."""
    if door.file.endswith(".parquet"):
        return fuzzed_parquet.spoiled(case, content)
    return spoiled_text(door, case, content).encode("utf-8", "surrogatepass")


def spoiled_text(door: Door, case: Case, content) -> str:
    if door.file.endswith(".csv"):
        row, name = case.place
        rows = [cells | {name: case.text} if number == row else cells for number, cells in enumerate(content)]
        file = io.StringIO()
        writer = csv.DictWriter(file, list(content[0]))
        writer.writeheader()
        writer.writerows(rows)
        return file.getvalue()
    if door.file.endswith("l"):
        lines = [json.dumps(line) for line in content]
        number, *inner = case.place
        lines[number] = (
            with_text_at(content[number], tuple(inner), case.text) if inner else case.text.replace("\n", " ")
        )
        return "".join(f"{line}\n" for line in lines)
    return with_text_at(content, case.place, case.text)


@pytest.fixture
def meet(prepared, tmp_path, capsys, monkeypatch, spoiler, servers):
    """How a door meets a case: what is wrong with it, or None."""

    def fresh() -> Path:
        folder = tmp_path / "here"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(prepared, folder)
        if (folder / "run").exists():
            monkeypatch.chdir(folder)
        return folder

    def call(door: Door, case: Case | None, content=None, raw: bytes | None = None):
        folder = fresh()
        if "-o" in door.command and "run" in door.command and (door.file or "").partition("/")[0] != "run":
            shutil.rmtree(folder / "run")
        url = servers[door.server].base_url if door.server else ""
        command = [url if word == URL else word for word in door.command]
        spoiler.reset(case if door.replies else None)
        if door.replies:
            pass
        elif case is not None and door.file is None:
            command[case.place[0]] = case.text
        elif raw is not None or case is not None:
            (folder / door.file).write_bytes(raw if raw is not None else spoiled(door, case, content))
        before = snapshot(folder)
        ended = run(tuple(command), capsys, monkeypatch)
        if case is None and raw is None:
            return None if ended.status in (0, None) and not ended.fault else f"{ended}"
        place = case or Case(door.name, (), "")
        return complaint(place, door, content, ended, before, snapshot(folder))

    return call


@pytest.mark.parametrize("name", DOORS)
def test_what_is_not_spoiled_passes(name, meet):
    assert meet(DOORS[name], None) is None


@pytest.mark.parametrize("name", DOORS)
def test_one_thing_that_is_not_as_it_should_be_is_refused_by_name(name, meet, prepared, spoiler, pytestconfig):
    door, found = DOORS[name], {}
    if door.replies:
        assert meet(door, None) is None
        content = fuzzed_replies.content_of(spoiler.honest)
    else:
        content = content_of(door, prepared)

    @seed(pytestconfig.getoption("--fuzz-seed"))
    @settings(
        max_examples=pytestconfig.getoption("--cases"),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(door.cases(content))
    def every(case: Case) -> None:
        if wrong := meet(door, case, content):
            found[str(case)[:2000]] = wrong

    every()
    assert not found, "\n".join(f"{case}\n  {wrong}" for case, wrong in found.items())


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.file is not None])
@pytest.mark.parametrize("raw", BYTES, ids=lambda raw: repr(raw[:8]))
def test_a_file_that_is_no_text_or_cut_off_is_refused_by_name(name, raw, meet):
    assert meet(DOORS[name], None, raw=raw) is None


@pytest.mark.parametrize("line", KEPT.read_text(encoding="utf-8").splitlines())
def test_what_once_went_wrong_does_not_any_more(line, meet, prepared):
    name, place, text = json.loads(line)
    door = DOORS[name]
    content = None if door.replies else content_of(door, prepared)
    assert meet(door, Case(name, tuple(place), text), content) is None
