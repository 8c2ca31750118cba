"""Who plays which condition and variant: the least filled, where ties are drawn by the study's seed.

Filled means finished, or active within the cutoff: who has left does not hold a place, and many who arrive together
are spread at once. It is counted and taken in one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from twinbean._random import generator
from twinbean.collect.store import Transaction

# Of those who have answered nothing yet only the latest are counted: anybody can open a page ten thousand times.
_ARRIVING = 500


def assign(
    transaction: Transaction, variants: Mapping[str, int], *, active_since: str, seed: int, condition: str | None = None
) -> tuple[str, int]:
    """A condition, unless the participant has one already, and one of its variants.

    `variants` says how many each condition has. Visits that are a test are not counted.
    """
    filled = _filled(transaction, active_since)
    draw = transaction.execute("SELECT coalesce(max(number), 0) FROM sessions")[0][0]
    if condition is None or condition not in variants:
        by_condition: Counter[str] = Counter()
        for (name, _), count in filled.items():
            by_condition[name] += count
        names = list(variants)
        condition = names[_least([by_condition[name] for name in names], seed=seed, draw=draw, purpose="condition")]
    counts = [filled[condition, number] for number in range(variants[condition])]
    return condition, _least(counts, seed=seed, draw=draw, purpose="variant")


def _filled(transaction: Transaction, active_since: str) -> Counter[tuple[str, int]]:
    """How often each variant of each condition is taken."""
    playing = transaction.execute(
        "SELECT condition, variant, count(*) FROM sessions WHERE test = 0 AND stored > 0 AND "
        "(state = 'finished' OR (state = 'active' AND active >= ?)) GROUP BY condition, variant",
        (active_since,),
    )
    arriving = transaction.execute(
        "SELECT condition, variant, count(*) FROM ("
        "SELECT * FROM sessions WHERE test = 0 AND stored = 0 ORDER BY number DESC LIMIT ?"
        ") AS latest WHERE state = 'active' AND active >= ? GROUP BY condition, variant",
        (_ARRIVING, active_since),
    )
    filled: Counter[tuple[str, int]] = Counter()
    for condition, variant, count in [*playing, *arriving]:
        filled[condition, variant] += count
    return filled


def is_full(transaction: Transaction, target: int | None, *, active_since: str) -> bool:
    """Whether as many have finished as are wanted, those included who are on their way and have answered something."""
    if target is None:
        return False
    (count,) = transaction.execute(
        "SELECT count(DISTINCT coalesce(participant, session)) FROM sessions WHERE test = 0 AND stored > 0 AND "
        "((state = 'finished' AND outcome = 'done') OR (state = 'active' AND active >= ?))",
        (active_since,),
    )[0]
    return bool(count >= target)


def _least(counts: Sequence[int], *, seed: int, draw: int, purpose: str) -> int:
    least = min(counts)
    tied = [place for place, count in enumerate(counts) if count == least]
    return tied[int(generator(seed, trial=draw, purpose=f"assignment of a {purpose}").integers(len(tied)))]
