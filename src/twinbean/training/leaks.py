"""Whether one person's choices are on two sides of a split under two names.

What is compared survives what happens to a copy: it is made of runs of consecutive choices, in which arms are named by
how recently they were chosen and payoffs by their ranks. So it does not matter which arm is called what or stands
where, in which unit is paid, in which order the blocks come, and whether a part is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, groupby
from statistics import median

from twinbean.errors import TrainingError
from twinbean.sessions import Session
from twinbean.sessions.transcripts import Transcript
from twinbean.training.splits import Split

# A choice and what it paid, None where that is not known; blocks of them.
Block = Sequence[tuple[int, float | None]]
# The arms of a run, by how recently they were chosen, and the ranks of its payoffs.
_Run = tuple[tuple[int, ...], tuple[int, ...]]

# Runs are this long, or half of a block where blocks are short; short runs are shared by chance.
_LONGEST, _SHORTEST = 16, 4
# Of the runs of the one with fewer, so many are the other's, too. Of the 101 people of Dezfouli et al. (2019) no two
# shared more than .46.
SHARED = 0.6
# Who always does the same is like everybody who does: so many of the shared runs must differ in the choices made.
DISTINCT = 24
# What so many people do tells nothing about one.
_COMMON = 50


def check_leaks(records: Mapping[str, Sequence[Session | Transcript]], split: Split) -> None:
    """Raises TrainingError where two people on different sides of `split` are one. `records` are those of each."""
    side = split.sides
    found = [
        (one, other) for one, other in same_people({who: records[who] for who in side}) if side[one] != side[other]
    ]
    if found:
        one, other = found[0]
        more = f", and {len(found) - 1} more pairs are alike" if len(found) > 1 else ""
        raise TrainingError(
            f"participants {one!r} ({side[one]}) and {other!r} ({side[other]}) made the same choices{more}: they are "
            f"one person on two sides of the split; leave one out"
        )


def same_people(records: Mapping[str, Sequence[Session | Transcript]]) -> list[tuple[str, str]]:
    """Pairs of names under which the same choices are found, in the order of the names."""
    blocks = {who: [block for one in some for block in blocks_of(one)] for who, some in records.items()}
    lengths = [len(block) for some in blocks.values() for block in some]
    if not lengths:
        return []
    length = max(_SHORTEST, min(_LONGEST, int(median(lengths)) // 2))
    runs = {who: {run for block in some for run in _runs(block, length)} for who, some in blocks.items()}
    owners: dict[_Run, list[str]] = {}
    for who, some in runs.items():
        for run in some:
            owners.setdefault(run, []).append(who)
    telling = {run: names for run, names in owners.items() if len(names) <= _COMMON}
    sizes = Counter(who for names in telling.values() for who in names)
    shared: dict[tuple[str, str], list[_Run]] = {}
    for run, names in telling.items():
        for pair in combinations(sorted(names), 2):
            shared.setdefault(pair, []).append(run)
    return sorted(
        (one, other)
        for (one, other), some in shared.items()
        if len(some) >= SHARED * min(sizes[one], sizes[other]) and len({choices for choices, _ in some}) >= DISTINCT
    )


def blocks_of(one: Session | Transcript) -> Iterator[Block]:
    """The choices of a session, block by block; a transcript does not say where its blocks or payoffs are."""
    if isinstance(one, Transcript):
        yield [(span.arms[span.labels.index(one.text[span.start : span.end])], None) for span in one.spans]
        return
    for _, trials in groupby(one.trials, key=lambda trial: trial.block):
        yield [(trial.choice, trial.reward) for trial in trials if trial.choice is not None]


def _runs(block: Block, length: int) -> Iterator[_Run]:
    recency = _recency([arm for arm, _ in block])
    for start in range(1, len(block) - length + 1):
        rewards = [reward for _, reward in block[start : start + length]]
        yield tuple(recency[start : start + length]), _ranks(rewards)


def _recency(arms: Iterable[int]) -> list[int]:
    """For each choice, how many other arms were chosen since its arm was; -1 where it never was."""
    latest: list[int] = []
    found = []
    for arm in arms:
        found.append(latest.index(arm) if arm in latest else -1)
        if arm in latest:
            latest.remove(arm)
        latest.insert(0, arm)
    return found


def _ranks(rewards: Sequence[float | None]) -> tuple[int, ...]:
    order = {reward: rank for rank, reward in enumerate(sorted({one for one in rewards if one is not None}))}
    return tuple(-1 if reward is None else order[reward] for reward in rewards)
