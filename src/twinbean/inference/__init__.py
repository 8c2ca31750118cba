"""What choices say of a person, of a group and of models: prequential scores, hierarchical Bayes."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

# Lazy: they import scipy's statistics, and what is of hierarchical Bayes needs the extra [bayes].
_HOMES = {
    "Bayes": "twinbean.inference.hierarchical",
    "Sampling": "twinbean.inference.sampling",
    "bayes": "twinbean.inference.hierarchical",
    "by_person": "twinbean.inference.ways",
    "predictions": "twinbean.inference.ways",
    "prequential": "twinbean.inference.forecasting",
}

if TYPE_CHECKING:
    from twinbean.inference.forecasting import prequential
    from twinbean.inference.hierarchical import Bayes, bayes
    from twinbean.inference.sampling import Sampling
    from twinbean.inference.ways import by_person, predictions

__all__ = ["Bayes", "Sampling", "bayes", "by_person", "predictions", "prequential"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'twinbean.inference' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
