"""From a model's next-token numbers to an answer, and what a manifest says of how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinbean.sessions.questions import Answer, Question, legal_label
from twinbean.subjects.drawing import draw
from twinbean.subjects.local.labels import CLOSING_MARKER, legal_mass
from twinbean.subjects.local.language_model import LanguageModel

if TYPE_CHECKING:
    from torch import Tensor


def decided(
    language_model: LanguageModel,
    question: Question,
    logps: tuple[float, ...],
    logits: Tensor,
    *,
    temperature: float,
    free: bool,
) -> Answer:
    """One of the legal labels, drawn by `logps`; with `free` one token of the whole vocabulary, drawn by `logits`."""
    legal_mass(logps)
    if not free:
        label = question.labels[draw(logps, temperature=temperature, question=question)]
        return Answer(label=label, raw=label, logps=logps)
    weights = logits.float().cpu().numpy()
    raw = language_model.encoder.decode(draw(weights, temperature=temperature, question=question))
    return Answer(label=legal_label(raw, question.labels), raw=raw, logps=logps)


def description_of(
    language_model: LanguageModel, *, temperature: float | None = None, free: bool = False
) -> dict[str, Any]:
    """What a manifest records: of a scorer, or with a temperature of a subject."""
    sampling = "one token of the whole vocabulary" if free else "the legal labels"
    drawn = {} if temperature is None else {"temperature": temperature, "sampling": sampling}
    return {
        **language_model.description,
        **drawn,
        "closing_marker": CLOSING_MARKER,
        "context": language_model.context,
    }
