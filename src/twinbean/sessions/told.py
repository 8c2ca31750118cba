"""Transcripts, such as those of Psych-101 and Psych-201, as sessions: what a choice paid is told after it.

The arms of a participant are the labels in the order in which the instructions list them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinbean._files import read_text
from twinbean._json import json_lines
from twinbean._messages import shortened
from twinbean.errors import DataError
from twinbean.sessions.checking import check_trial
from twinbean.sessions.psych101 import read_transcripts
from twinbean.sessions.session import Session, Trial
from twinbean.sessions.transcripts import Span, Transcript


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Patterns over the text from one choice to the next: `outcomes` finds a `label` and its `value`, as often as there
    are options, `reward` the `value` of the choice, `block` begins a block where its `value` is another one. `values`
    are the numbers of words; `keep` are entries of a line that describe the participant."""

    outcomes: re.Pattern[str] | None = None
    reward: re.Pattern[str] | None = None
    block: re.Pattern[str] | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    keep: Sequence[str] = ()


def read_told(path: Path, telling: Telling) -> list[Session]:
    """The sessions in a file of transcripts. Raises DataError naming participant and trial."""
    transcripts = read_transcripts(path)
    entries = [entry for _, entry in json_lines(read_text(path, member=".jsonl"), str(path))]
    return [
        _session(transcript, entry, telling, f"{path}, participant {transcript.session!r}")
        for transcript, entry in zip(transcripts, entries, strict=True)
    ]


def _session(transcript: Transcript, entry: Mapping[str, Any], telling: Telling, where: str) -> Session:
    for name in telling.keep:
        if name not in entry:
            raise DataError(f"{where} has no {name!r} (found {', '.join(sorted(entry))})")
    labels = tuple(dict.fromkeys(label for span in transcript.spans for label in span.labels))
    ends = [span.start for span in transcript.spans[1:]] + [len(transcript.text)]
    blocks: dict[str, int] = {}
    trials: list[Trial] = []
    told_before = transcript.text[: transcript.spans[0].start]
    for span, end in zip(transcript.spans, ends, strict=True):
        if telling.block is not None and (named := list(telling.block.finditer(told_before))):
            blocks.setdefault(named[-1]["value"], len(blocks))
            block = blocks[named[-1]["value"]]
        else:
            block = trials[-1].block if trials else 0
        told_before = transcript.text[span.end : end]
        trial = _trial(transcript, span, told_before, labels, telling, block, f"{where}, trial {span.trial}")
        check_trial(trial, f"{where}, trial {span.trial}")
        trials.append(trial)
    kept = {name: None if entry[name] is None else str(entry[name]) for name in telling.keep}
    return Session(
        participant=transcript.session,
        session=transcript.session,
        task=transcript.experiment,
        trials=tuple(trials),
        details={"kept": kept} if kept else {},
    )


def _trial(
    transcript: Transcript,
    span: Span,
    told: str,
    labels: tuple[str, ...],
    telling: Telling,
    block: int,
    where: str,
) -> Trial:
    label = transcript.text[span.start : span.end]
    arm = labels.index(label)
    outcomes: list[float | None] = [None] * len(labels)
    if telling.outcomes is not None:
        for match in telling.outcomes.finditer(told):
            if match["label"] not in labels:
                raise DataError(f"{where}: {shortened(match[0])} is of no option (there are {', '.join(labels)})")
            outcomes[labels.index(match["label"])] = _value(match["value"], telling, where)
    if telling.reward is not None and (found := telling.reward.search(told)):
        outcomes[arm] = _value(found["value"], telling, where)
    if (telling.outcomes or telling.reward) and outcomes[arm] is None:
        raise DataError(f"{where}: nothing is told of what {label} paid, in {shortened(told.strip())}")
    offered = tuple(sorted(labels.index(one) for one in span.labels))
    shown = [place for place in offered if outcomes[place] is not None]
    return Trial(
        trial=span.trial,
        choice=arm,
        block=block,
        label=label,
        reward=outcomes[arm],
        outcomes=tuple(outcomes),
        offered=offered,
        labels=labels,
        feedback="none" if not shown else "all" if len(shown) == len(offered) > 1 else "chosen",
    )


def _value(text: str, telling: Telling, where: str) -> float:
    if text in telling.values:
        return telling.values[text]
    try:
        number = float(text)
    except ValueError:
        raise DataError(
            f"{where}: what was paid is told as {shortened(text)}, expected a number, or a word of transcript.values"
        ) from None
    return int(number) if number.is_integer() else number
