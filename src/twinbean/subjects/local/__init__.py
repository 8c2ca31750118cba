"""Language models that run on this machine, through torch and transformers."""

from __future__ import annotations

from twinbean.subjects.local.language_model import LanguageModel
from twinbean.subjects.local.loading import load
from twinbean.subjects.local.opening import open_local, open_scorer
from twinbean.subjects.local.smollm2 import fetch_smollm2
from twinbean.subjects.local.subject import LocalSubject

__all__ = ["LanguageModel", "LocalSubject", "fetch_smollm2", "load", "open_local", "open_scorer"]
