"""What the libraries raise while a model is loaded, as one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from twinbean._extras import how_to_install
from twinbean.errors import SubjectError
from twinbean.subjects.local.memory import is_out_of_memory


def need(*packages: str, extra: str) -> None:
    """Raises SubjectError that says how to install what is missing."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise SubjectError(f"this model needs {' and '.join(missing)}; {how_to_install(extra)}")


@contextmanager
def explained(place: str, name: str) -> Iterator[None]:
    """Turns what the libraries raise while loading into one sentence, and keeps their progress bars off stderr."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    except SubjectError:
        raise
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        if is_out_of_memory(error):
            advice = "there is not enough memory for it; choose --four-bit, a smaller model or a larger machine"
        elif re.search(r"gated repo|GatedRepo|401 Client|403 Client", message):
            advice = f"access to {place!r} is gated; ask for it on its page, then log in with `hf auth login`"
        elif isinstance(error, OSError) or "Unrecognized model" in message:
            advice = f"nothing usable was found at {place!r}; expected a model's folder or an id that can be reached"
        elif isinstance(error, ImportError):
            advice = "a package is missing; install it as the message says"
        else:
            advice = "it could not be loaded"
        first_line = message.strip().splitlines()[0]
        raise SubjectError(f"{name}: {advice} ({first_line})") from error
    finally:
        if shown:
            logging.enable_progress_bar()
