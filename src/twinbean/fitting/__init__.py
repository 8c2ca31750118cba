"""Fits of the cognitive models to people and to language models alike."""

from twinbean.fitting.choices import Choices, Scale, choices_of, scale_of
from twinbean.fitting.fits import Fit, fit, fit_one
from twinbean.fitting.fitted import Fitted, fitted
from twinbean.fitting.likelihood import negative_log_likelihoods, trial_log_likelihoods
from twinbean.fitting.prediction import predictive

__all__ = [
    "Choices",
    "Fit",
    "Fitted",
    "Scale",
    "choices_of",
    "fit",
    "fit_one",
    "fitted",
    "negative_log_likelihoods",
    "predictive",
    "scale_of",
    "trial_log_likelihoods",
]
