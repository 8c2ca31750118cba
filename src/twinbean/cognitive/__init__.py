"""Cognitive models of bandit choices: a value rule and a choice rule, played by learners and fitted to choices."""

from twinbean.cognitive.algorithms import ALGORITHMS
from twinbean.cognitive.catalogue import MODELS, Model, model
from twinbean.cognitive.choices import Choices, Scale, choices_of, scale_of
from twinbean.cognitive.fits import Fit, fit, fit_one
from twinbean.cognitive.likelihood import negative_log_likelihoods, trial_log_likelihoods
from twinbean.cognitive.model import CognitiveModel, Fittable, softmax
from twinbean.cognitive.parameters import Beta, Gamma, Normal, Parameter
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
