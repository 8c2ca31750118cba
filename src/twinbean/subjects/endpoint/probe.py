"""Whether the log-probabilities of an echoed prompt are those of its own tokens.

Some servers give each token that of its neighbour (llama-cpp-python's does), which is nats off and looks like any other
number. So a sentence is scored in two ways: as echoed, and word by word as what the model would say next.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from twinbean.errors import SubjectUnavailable

# Words that follow from those before, and words that do not: a shift moves all of them.
SENTENCE = "The capital of France is Paris. Two plus two is four. Red green blue. Monday, Tuesday and Wednesday."
PLACES = 6
# Nats. Rounding in bf16 and 4-bit stays below a tenth.
TOLERANCE = 0.25


def places(tokens: Sequence[str]) -> list[int]:
    """Which tokens are scored again: those that begin a word, spread over the sentence."""
    words = [index for index, token in enumerate(tokens) if index and token[:1] == " " and token.strip()]
    return words[:: max(1, len(words) // PLACES)][:PLACES]


def difference(echoed: float, token: str, listed: dict[str, float]) -> float:
    """How far the echoed log-probability of `token` is from what the list of the likeliest in its place allows."""
    if token in listed:
        return abs(echoed - listed[token])
    return max(0.0, echoed - min(listed.values()))


def check(differences: Sequence[float], *, provider: str) -> None:
    """Raises SubjectUnavailable where the two ways disagree."""
    found = median(differences) if differences else 0.0
    if found > TOLERANCE:
        raise SubjectUnavailable(
            f"{provider} echoes log-probabilities that are not those of the echoed tokens: they are {found:.1f} nats "
            f"from those of the same words as answers (median of {len(differences)}; some servers shift them by a "
            f"token); nothing was scored, choose another server"
        )
