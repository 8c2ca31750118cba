"""From a model's name to what plays or scores with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinbean.subjects.local.loading import load
from twinbean.subjects.local.subject import LocalSubject

if TYPE_CHECKING:
    from twinbean.subjects.local.forced import ForcedScorer
    from twinbean.subjects.local.one_prompt import OnePassScorer, OnePromptSubject


def open_local(
    spec: str, *, temperature: float = 1.0, free: bool = False, **options: Any
) -> LocalSubject | OnePromptSubject:
    """The subject that plays the model `spec`; the options are those of `load` and of `LocalSubject`."""
    language_model = load(spec, **options)
    if language_model.keeps_a_cache:
        return LocalSubject(language_model, temperature=temperature, free=free)
    from twinbean.subjects.local.one_prompt import OnePromptSubject

    return OnePromptSubject(language_model, temperature=temperature, free=free)


def open_scorer(spec: str, **options: Any) -> ForcedScorer | OnePassScorer:
    """What `twinbean.scoring.choices.score` needs to score with the model `spec`; the options are those of `load`."""
    language_model = load(spec, **options)
    # Only here, so that what is missing is reported before torch is imported.
    from twinbean.subjects.local.forced import ForcedScorer
    from twinbean.subjects.local.one_prompt import OnePassScorer

    return ForcedScorer(language_model) if language_model.keeps_a_cache else OnePassScorer(language_model)
