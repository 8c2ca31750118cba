"""Doors through which anything can come in, and what is done to it: one value, cell or option in it is another.

A case is a door, a place behind it, and the text that is put there. A door holds where the command succeeds or refuses:
one line that names the place and status 2, within seconds, with every file as it was. A blanket `except` does not
hold, since its message could not name the place, and what was not spoiled must still pass. Where a server's replies are
spoiled, sessions may fail: then the summary line names the place.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from fuzz_values import HEADERS, KINDS, STATUSES, VALUES, WORDS
from twinbean import cli

HERE = "@@here@@"
# Of processor time, so that a busy machine makes no hang.
SECONDS = 10.0
# By the clock, for who waits for what will not come: far longer than a busy machine takes.
WAITING_S = 300.0
_GROUPING = {"participant", "session", "task", "source", "sample", "kind"}


class Hang(BaseException):
    """The command ran for too long."""


@dataclass(frozen=True)
class Case:
    """What is put where; `place` is the path to it: a row and a column, keys, an option's number, or nothing at all."""

    door: str
    place: tuple[str | int, ...]
    text: str

    def __str__(self) -> str:
        return json.dumps([self.door, list(self.place), self.text])


@dataclass(frozen=True)
class Door:
    """`files` are made in the folder beforehand; the command reads the one that is spoiled, or its own line is."""

    name: str
    command: tuple[str, ...]
    file: str | None = None
    # Which server of `fuzzed_replies` the command talks to, and whether that is what is spoiled.
    server: str | None = None
    replies: bool = False

    def cases(self, content: Any) -> st.SearchStrategy[Case]:
        """Cases of this door; `content` is what its file holds before it is spoiled, a reply, or its command."""
        if self.replies:
            return st.builds(Case, st.just(self.name), st.just(("status",)), st.sampled_from(STATUSES)) | st.one_of(
                self._values(content["body"], ("body",)),
                st.builds(
                    Case,
                    st.just(self.name),
                    st.sampled_from([("headers", name) for name in content["headers"]]),
                    st.sampled_from(HEADERS) | st.integers().map(str) | st.floats().map(str),
                ),
            )
        if self.file is None:
            places = [(number,) for number in range(1, len(self.command)) if self.command[number - 1].startswith("-")]
            return st.builds(
                Case, st.just(self.name), st.sampled_from(places), st.sampled_from(WORDS) | st.text(max_size=8)
            )
        if self.file.endswith(".csv"):
            rows = [[row, name] for row in range(len(content)) for name in content[0]]
            texts = st.sampled_from(WORDS) | st.text(max_size=8) | st.floats().map(str) | st.integers().map(str)
            return st.builds(Case, st.just(self.name), st.sampled_from(rows).map(tuple), texts)
        if self.file.endswith(".parquet"):
            kinds = st.sampled_from([(name,) for name in content[0]])
            cells = self._values(content).filter(lambda case: len(case.place) > 1)
            return cells | st.builds(Case, st.just(self.name), kinds, st.sampled_from(sorted(KINDS)))
        return self._values(content)

    def _values(self, content: Any, before: tuple[str | int, ...] = ()) -> st.SearchStrategy[Case]:
        """One value within `content` is another; a text may also be nearly what it was."""
        numbers = st.integers().map(str) | st.floats().map(json.dumps)
        values = st.sampled_from(VALUES) | numbers | st.text(max_size=8).map(json.dumps)

        def case(place: tuple[str | int, ...]) -> st.SearchStrategy[Case]:
            inner = value_at(content, place)
            texts = values | nearly(inner).map(json.dumps) if isinstance(inner, str) and inner else values
            return st.builds(Case, st.just(self.name), st.just((*before, *place)), texts)

        return st.sampled_from(list(places_in(content))).flatmap(case)


def nearly(text: str) -> st.SearchStrategy[str]:
    """A text with a piece cut out, doubled or replaced."""
    ends = st.integers(0, len(text)).flatmap(lambda start: st.tuples(st.just(start), st.integers(start, len(text))))
    pieces = st.sampled_from(["", "<<", ">>", "<<>>", "\n", "\x00", "\u2028", "<Answer>"]) | st.text(max_size=3)
    return st.builds(
        lambda place, piece, doubled: text[: place[0]] + piece + text[place[0] if doubled else place[1] :],
        ends, pieces, st.booleans(),
    )  # fmt: skip


def value_at(content: Any, place: tuple[str | int, ...]) -> Any:
    for key in place:
        content = content[key]
    return content


def places_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path to every value in nested lists and objects."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places_in(item, (*path, key))


def with_text_at(content: Any, place: tuple[str | int, ...], text: str) -> str:
    """`content` as JSON, with `text` in one place."""
    spoiled = json.loads(json.dumps(content))
    value_at(spoiled, place[:-1])[place[-1]] = HERE
    return json.dumps(spoiled).replace(json.dumps(HERE), text)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Raises Hang after SECONDS of work or WAITING_S, and says so in the list, whoever catches it."""
    hung: list[str] = []

    def end(*_: object) -> None:
        hung.append(f"it worked for {SECONDS:g} s, or waited for {WAITING_S:g} s")
        raise Hang

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    waiting = threading.Timer(WAITING_S, os.kill, (os.getpid(), signal.SIGPROF))
    waiting.start()
    try:
        yield hung
    finally:
        waiting.cancel()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass(frozen=True)
class Ended:
    """How a command ended; `fault` says what no command may do."""

    status: object
    out: str
    err: str
    fault: str | None


def run(arguments: tuple[str, ...], capsys: Any, monkeypatch: Any) -> Ended:
    """Run the command line in this process."""
    monkeypatch.setattr(sys, "argv", ["twinbean", *arguments])
    capsys.readouterr()
    status: object = None
    fault = None
    with watched() as hung:
        try:
            cli.main()
        except SystemExit as left:
            status = left.code
        except (Exception, Hang) as error:
            fault = f"traceback: {type(error).__name__}: {str(error)[:200]}"
    out, err = capsys.readouterr()
    return Ended(status, out, err, hung[0] if hung else fault)


def complaint(
    case: Case, door: Door, content: Any, ended: Ended, before: dict[str, bytes], after: dict[str, bytes]
) -> str | None:
    """What is wrong with how a door met a case; None where it held. `content` is what the file held before."""
    if ended.fault:
        return ended.fault
    if ended.status == 0:
        return None
    said = ended.out + ended.err
    if "Traceback" in said:
        return f"traceback: {said[-200:]}"
    if ended.status != 2 and not (ended.status == 1 and re.search(r"; \d+ (failed|interrupted): ", ended.out)):
        return f"status {ended.status!r}: {said[:200]}"
    if ended.status == 2 and not re.fullmatch(r"(twinbean: (note|warning): .*\n)*twinbean: error: .+\n", ended.err):
        return f"not one line: {ended.err[:300]!r}"
    if len(said) > 1000:
        return f"a message of {len(said)} characters: {said[:200]}"
    left = sorted(after.keys() - before.keys()) + sorted(
        name for name in before.keys() & after.keys() if before[name] != after[name]
    )
    # What became of a session is a result, and a reply that was paid for is kept.
    if left and ended.status == 2 and not (door.replies and "run/calls.jsonl" in left):
        return f"left over or changed: {left[:5]}"
    names = [*named(case, door), *trial_at(case, content)]
    if not any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) for name in names):
        return f"names none of {names}: {said[:300]}"
    return None


def trial_at(case: Case, content: Any) -> list[str]:
    """How a contradiction with the definition names a row: by its trial, which other screens' rows do not count as."""
    row = case.place[0] if case.place else None
    if not isinstance(content, list) or not isinstance(row, int) or not isinstance(content[row], dict):
        return []
    if "trial" in content[row]:
        return [f"trial {content[row]['trial']}"]
    return [f"trial {sum('bean_bandits' in earlier for earlier in content[:row])}"]


def named(case: Case, door: Door) -> list[str]:
    """What a message may name: the option, or the key, row, line or trial; counting from 0 or from 1, as it says."""
    if door.replies:
        return named_reply(case)
    if door.file is None:
        number = case.place[0]
        assert isinstance(number, int)
        option = door.command[number - 1]
        return [
            option,
            option.strip("-").replace("-", "_"),
            *(["base URL"] if option == "--base-url" else []),
            case.text[:40],
            _as_shown(case.text)[:40],
            *(["parameter"] if option == "--set" else []),
        ]
    keys = [str(key).removeprefix("bean_") for key in case.place if isinstance(key, str)]
    numbers = [key for key in case.place[:1] if isinstance(key, int)]
    rows = [f"{what} {number + more}" for what in ("row", "line", "trial") for number in numbers for more in (0, 1, 2)]
    # Rows are put together by these: with one that differs, a session lacks a trial.
    grouped = ["participant"] if _GROUPING.intersection(keys) else []
    return [*keys, *rows, *grouped, *([door.file] if _is_unread(case.text) or not keys + rows else [])]


def _is_unread(text: str) -> bool:
    """Whether it is no JSON to any parser: what is nested or has digits without end."""
    return len(text) > 2000 and not text.startswith('"')


def named_reply(case: Case) -> list[str]:
    """What a message may name of a spoiled reply: its status, or the header, or the key; of words what they are."""
    if case.place[0] == "status":
        return [case.text]
    if case.place[-1] == "Content-Encoding":
        return ["Content-Encoding", "decompressing"]
    keys = [str(key) for key in case.place[1:] if isinstance(key, str)]
    # What no parser of JSON reads has no key yet.
    return [*keys, "the reply is no JSON", "the reply is nested"] if _is_unread(case.text) else keys


def _as_shown(text: str) -> str:
    """A text as a message shows it: in one line, and what a terminal would obey is written out."""
    text = re.sub(r"[\t\r\n]+", " ", text)
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too, but for locks."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
