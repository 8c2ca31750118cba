"""Mutants that no test can notice, since they do what the code does: (module, line, mutated line) and why."""

from __future__ import annotations

_BITS = "an arm's numbers begin at 2 + 4 k, VALUE is 0 and SPREAD is 1: without a carry a sum is `|` and `^`"
_BELOW_0 = "what is asked of it is only whether it is below 0"
_DRAWN = "the first arm with any probability takes its place"
_TAILS = "beyond six standard deviations lies a billionth, below what the integral is exact to"
_LENGTHS = "both are made from the same list, and so as long"
_ORDER = "the rows are sorted, or looked up by name, afterwards"
_CACHE = "how many entries are kept changes no result"
_ORIGINS = "an origin is recorded or subject, and recorded sorts before subject"
_SHAPE = "numpy finds the one size that is negative"
_ALIKE = "all arms' traces begin alike and fade alike, and no choice rule knows a height that all arms share"
_FIRST = "the first choice is number 1"
_OWN = "a class that has a __repr__ keeps it"
_INFINITE = "it is infinite"
_DEFAULT = "it is only asked whether it is below 0"
_EQUAL = "the rows are equal there"
_FLOOR = "no distribution function is 0 above `low`: where the product underflows, 0 is added"
_ASLEEP = "asyncio sleeps no shorter"
_BOTH = "between the two both formulas hold, to 0.000003 nats"
_STILL = "what it multiplies is below 1e-12 there"
_BEGUN = "who has asked waits until all have begun, and is counted again only then, when nobody counts any more"
_GONE = "a greenlet that nobody refers to is ended by that, and one that has ended takes no notice"
_PIECES = "in how many pieces a table is written changes nothing of it"
_SET_LATER = "it is set anew before anybody begins, or nobody counts"
_NONE_IS_0 = "those that are 0 are left out"
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("cognitive/rules.py", "here = FIRST + CELLS * arm", "here = FIRST | CELLS * arm"): _BITS,
    ("cognitive/rules.py", "state[here + SPREAD] += settings[DRIFT]", "state[here | SPREAD] += settings[DRIFT]"): _BITS,
    (
        "cognitive/rules.py",
        "gain = state[here + SPREAD] / (state[here + SPREAD] + settings[NOISE])",
        "gain = state[here + SPREAD] / (state[here | SPREAD] + settings[NOISE])",
    ): _BITS,
    (
        "cognitive/rules.py",
        "error = payoffs[arm] - state[here + VALUE]",
        "error = payoffs[arm] - state[here | VALUE]",
    ): _BITS,
    ("cognitive/rules.py", "state[here + SPREAD] += 1.0", "state[here ^ SPREAD] += 1.0"): _BITS,
    (
        "cognitive/rules.py",
        "count = state[FIRST + CELLS * arm + SPREAD]",
        "count = state[FIRST ^ CELLS * arm + SPREAD]",
    ): _BITS,
    (
        "cognitive/rules.py",
        "gain = state[here + SPREAD] / (state[here + SPREAD] + settings[NOISE])",
        "gain = state[here ^ SPREAD] / (state[here + SPREAD] + settings[NOISE])",
    ): _BITS,
    (
        "cognitive/rules.py",
        "state[here + VALUE] += error / state[here + SPREAD]",
        "state[here + VALUE] += error / state[here ^ SPREAD]",
    ): _BITS,
    ("cognitive/rules.py", "state[here + VALUE] += gain * error", "state[here ^ VALUE] += gain * error"): _BITS,
    (
        "cognitive/rules.py",
        "reach = 6.0 * math.sqrt(state[here + SPREAD]) / weight",
        "reach = 6.0 * math.sqrt(state[here ^ SPREAD]) / weight",
    ): _BITS,
    ("cognitive/rules.py", "state[LAST] = -1.0", "state[LAST] = - 2.0"): _BELOW_0,
    ("cognitive/rules.py", "first = -1", "first = - 2"): _BELOW_0,
    (
        "comparison/courses.py",
        "place=np.array([-1 if trial.position is None else trial.position for trial in trials], dtype=np.int64),",
        "place=np.array([- 2 if trial.position is None else trial.position for trial in trials], dtype=np.int64),",
    ): _BELOW_0,
    ("cognitive/rules.py", "choice = -1", "choice = 1"): _DRAWN,
    ("cognitive/rules.py", "choice = -1", "choice = - 2"): _DRAWN,
    (
        "cognitive/rules.py",
        "high = max(high, state[here + VALUE] + 6.0 * sd)",
        "high = max(high, state[here + VALUE] + 7.0 * sd)",
    ): _TAILS,
    ("cognitive/rules.py", "for side in range(-1, 2):", "for side in range(- 2, 2):"): _TAILS,
    (
        "comparison/averages.py",
        "return dict(zip(KEYS, (group.name, group.source, group.start, session.participant), strict=True))",
        "return dict(zip(KEYS, (group.name, group.source, group.start, session.participant), strict=False))",
    ): _LENGTHS,
    (
        "comparison/averages.py",
        "return zip(group.sessions, met, strict=True)",
        "return zip(group.sessions, met, strict=False)",
    ): _LENGTHS,
    (
        "scoring/choices.py",
        "for part, logps in zip(parts, found, strict=True):",
        "for part, logps in zip(parts, found, strict=False):",
    ): _LENGTHS,
    (
        "scoring/choices.py",
        "parts = [_parts(one, scorer, window, layout) for one, layout in zip(transcripts, layouts, strict=True)]",
        "parts = [_parts(one, scorer, window, layout) for one, layout in zip(transcripts, layouts, strict=False)]",
    ): _LENGTHS,
    (
        "comparison/averages.py",
        'grouped = by_person.groupby(["group", "source", "start", along], sort=False)',
        'grouped = by_person.groupby(["group", "source", "start", along], sort=True)',
    ): _ORDER,
    (
        "comparison/averages.py",
        'by_session = by_sample.groupby([*KEYS, "met", along], sort=False).mean()',
        'by_session = by_sample.groupby([*KEYS, "met", along], sort=True).mean()',
    ): _ORDER,
    (
        "comparison/likelihood.py",
        'return by_session.groupby("participant", sort=False).mean()',
        'return by_session.groupby("participant", sort=True).mean()',
    ): _ORDER,
    ("sessions/rows.py", "@lru_cache(maxsize=64)", "@lru_cache(maxsize= 65)"): _CACHE,
    (
        "sessions/session.py",
        'return trial.counts and (self.source == "human" or trial.origin == "subject")',
        'return trial.counts and (self.source == "human" or trial.origin >= "subject")',
    ): _ORIGINS,
    ("comparison/likelihood.py", ").reshape(-1, 2)", ").reshape(~1, 2)"): _SHAPE,
    ("cognitive/rules.py", "state[here + TRACE] = 0.0", "state[here + TRACE] = 1.0"): _ALIKE,
    (
        "comparison/courses.py",
        "session: Session, *, n_arms: int, win: float | None, start: int = 0, only: Collection[int] | None = None",
        "session: Session, *, n_arms: int, win: float | None, start: int = -1, only: Collection[int] | None = None",
    ): _FIRST,
    (
        "sessions/session.py",
        "@dataclass(frozen=True, slots=True, kw_only=True, repr=False)",
        "@dataclass(frozen=True, slots=True, kw_only=True, repr=True)",
    ): _OWN,
    (
        "sessions/rows.py",
        "if math.isinf(number) and (bounded or number > 0):",
        "if math.isinf(number) and (bounded or number > 1):",
    ): _INFINITE,
    (
        "sessions/table.py",
        'if not isinstance(found.get("fingerprint", ""), str) or _integer(found.get("focus_losses", 0)) < 0:',
        'if not isinstance(found.get("fingerprint", ""), str) or _integer(found.get("focus_losses", 1)) < 0:',
    ): _DEFAULT,
    (
        "comparison/measures.py",
        "if not late.size or (best != best[0]).any() or best[0].sum() != 1:",
        "if not late.size or (best != best[0]).any() or best[ -1].sum() != 1:",
    ): _EQUAL,
    ("cognitive/rules.py", "if product > 0:", "if product >= 0:"): _FLOOR,
    ("play/scheduler.py", "await asyncio.sleep(0)", "await asyncio.sleep( -1)"): _ASLEEP,
    (
        "comparison/averages.py",
        'masses = [t.legal_mass for t in session.trials if t.origin == "subject" and t.legal_mass is not None]',
        'masses = [t.legal_mass for t in session.trials if t.origin >= "subject" and t.legal_mass is not None]',
    ): _ORIGINS,
    ("cognitive/rules.py", "if x > -30.0:", "if x > - 31.0:"): _BOTH,
    (
        "comparison/statistics.py",
        "_simultaneous(filled[:, varies], known[:, varies], spread[varies], seed, purpose) if varies.any() else 0.0",
        "_simultaneous(filled[:, varies], known[:, varies], spread[varies], seed, purpose) if varies.any() else 1.0",
    ): _STILL,
    ("play/scheduler.py", "begun = True", "begun = False"): _BEGUN,
    ("play/scheduler.py", "if not player.dead:", "if not not player.dead:"): _GONE,
    ("play/seating.py", "_KEPT = 512", "_KEPT = 513"): _CACHE,
    ("definitions/kinds/bandit.py", "@lru_cache(maxsize=64)", "@lru_cache(maxsize= 65)"): _CACHE,
    ("sessions/table.py", "_AT_ONCE = 2_000", "_AT_ONCE = 2001"): _PIECES,
    ("play/scheduler.py", "self._beginning = 0", "self._beginning = 1"): _SET_LATER,
    (
        "comparison/courses.py",
        "won[seen[side != 0]] = side[side != 0] > 0",
        "won[seen[side != 0]] = side[side != 0] >= 0",
    ): _NONE_IS_0,
}
