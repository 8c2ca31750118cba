"""From a model's name to what plays or scores with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinbean.subjects.local.loading import load
from twinbean.subjects.local.subject import LocalSubject

if TYPE_CHECKING:
    from twinbean.subjects.local.forced import ForcedScorer


def open_local(
    spec: str,
    *,
    temperature: float = 1.0,
    free: bool = False,
    dtype: str | None = None,
    device: str | None = None,
    four_bit: bool | None = None,
    revision: str | None = None,
) -> LocalSubject:
    """The subject that plays the model `spec`; the options are those of `load` and of `LocalSubject`."""
    language_model = load(spec, dtype=dtype, four_bit=four_bit, device=device, revision=revision)
    return LocalSubject(language_model, temperature=temperature, free=free)


def open_scorer(
    spec: str,
    *,
    dtype: str | None = None,
    device: str | None = None,
    four_bit: bool | None = None,
    revision: str | None = None,
) -> ForcedScorer:
    """What `twinbean.scoring.choices.score` needs to score with the model `spec`; the options are those of `load`."""
    language_model = load(spec, dtype=dtype, four_bit=four_bit, device=device, revision=revision)
    # Only here, so that what is missing is reported before torch is imported.
    from twinbean.subjects.local.forced import ForcedScorer

    return ForcedScorer(language_model)
