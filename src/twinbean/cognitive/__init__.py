"""Cognitive models of bandit choices: a value rule and a choice rule, played by learners and fitted to choices."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from twinbean.cognitive.algorithms import ALGORITHMS
from twinbean.cognitive.bandits import MODELS, Model
from twinbean.cognitive.catalogue import model
from twinbean.cognitive.choice_rules import softmax
from twinbean.cognitive.choices import Choices, Scale, choices_of, scale_of
from twinbean.cognitive.likelihood import negative_log_likelihoods, trial_log_likelihoods
from twinbean.cognitive.model import CognitiveModel, Fittable
from twinbean.cognitive.parameters import Beta, Gamma, Normal, Parameter

# Lazy: they import scipy's optimisers and statistics, which a learner that only plays need not wait for.
_HOMES = {
    "Fit": "twinbean.cognitive.fits",
    "fit": "twinbean.cognitive.fits",
    "fit_one": "twinbean.cognitive.fits",
    "predictive": "twinbean.cognitive.prediction",
}

if TYPE_CHECKING:
    from twinbean.cognitive.fits import Fit, fit, fit_one
    from twinbean.cognitive.prediction import predictive

__all__ = [
    "ALGORITHMS",
    "MODELS",
    "Beta",
    "Choices",
    "CognitiveModel",
    "Fit",
    "Fittable",
    "Gamma",
    "Model",
    "Normal",
    "Parameter",
    "Scale",
    "choices_of",
    "fit",
    "fit_one",
    "model",
    "negative_log_likelihoods",
    "predictive",
    "scale_of",
    "softmax",
    "trial_log_likelihoods",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'twinbean.cognitive' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
