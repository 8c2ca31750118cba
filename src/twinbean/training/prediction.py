"""What a model predicts of people who are held out: every choice of theirs, and the means over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twinbean.scoring.choices import ChoiceScore, score_transcripts
from twinbean.scoring.windows import Window
from twinbean.subjects.local.forced import ForcedScorer
from twinbean.subjects.local.language_model import LanguageModel
from twinbean.training.examples import Text, parts_of


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """The scores of one session's choices."""

    participant: str
    session: str
    scores: Sequence[ChoiceScore]


def predictions(language_model: LanguageModel, texts: Sequence[Text], *, window: Window) -> list[Prediction]:
    """The scores of every choice in `texts`, computed as `twinbean score` does, and cut as for training."""
    parts = [parts_of(text, language_model.encoder, language_model.context, window=window) for text in texts]
    scored = score_transcripts([part for one in parts for part in one], scorer=ForcedScorer(language_model))
    found = iter(scored)
    return [
        Prediction(
            participant=text.transcript.participant,
            session=text.transcript.session,
            scores=[score for _ in one for score in next(found)],
        )
        for text, one in zip(texts, parts, strict=True)
    ]


def means(found: Sequence[Prediction]) -> dict[str, float]:
    """Over the choices of a session, then over sessions.

    `nll` is the negative log-likelihood over the full vocabulary, `nll_legal` that over the legal labels, in nats;
    `legal_mass` is their probability.
    """
    sessions = [one for one in found if one.scores]
    of_choice: Mapping[str, list[list[float]]] = {
        "nll": [[-score.logp for score in one.scores] for one in sessions],
        "nll_legal": [[-score.logp_legal for score in one.scores] for one in sessions],
        "legal_mass": [[score.legal_mass for score in one.scores] for one in sessions],
    }
    return {name: sum(sum(values) / len(values) for values in lists) / len(lists) for name, lists in of_choice.items()}
