"""Bandit models: a value rule and a choice rule, played by learners and fitted to choices by the same code."""

from twinbean.models.algorithms import ALGORITHMS
from twinbean.models.catalogue import MODELS, Model, model
from twinbean.models.parameters import Beta, Gamma, Normal, Parameter

__all__ = ["ALGORITHMS", "MODELS", "Beta", "Gamma", "Model", "Normal", "Parameter", "model"]
