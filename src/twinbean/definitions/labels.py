"""What stands on the arms: checked, and put into instructions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twinbean.definitions.wording import listed
from twinbean.errors import TaskError
from twinbean.sessions.transcripts import CLOSE, OPEN

PLACEHOLDER = "{labels}"


def with_labels(text: str, labels: Iterable[str]) -> str:
    """`text` with `{labels}` replaced by what stands on the participant's machines."""
    names = list(labels)
    return text.replace(PLACEHOLDER, listed(names, "and")) if names else text


def check_labels(labels: Sequence[str], n_arms: int, where: str) -> None:
    """Raises TaskError unless there is one label an arm, all different, none empty and none with a response marker."""
    if len(labels) != n_arms or len(set(labels)) != n_arms:
        raise TaskError(f"{where}: labels are {list(labels)!r}, expected {n_arms} different ones")
    for label in labels:
        if not label.strip() or OPEN in label or CLOSE in label:
            raise TaskError(f"{where}: the label {label!r} is blank or contains {OPEN} or {CLOSE}")
