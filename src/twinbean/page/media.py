"""Pictures and other media that a definition carries as `data:` addresses: once in the page's document, by hash.

The same in static/src/media.js, which puts them in when a screen is shown and takes them out of what is recorded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

# The characters of an address, without those that end one in HTML or CSS.
_ADDRESS = re.compile(r"data:[A-Za-z]+/[A-Za-z0-9.+-]+[;,][A-Za-z0-9!#$%&*+,./:;=?@\[\]^_|~-]+")
_REFERENCE = re.compile(r"media:([0-9a-f]{64})")
_REFERENCE_LENGTH = len("media:") + 64
# Where the values stand that screens show.
_PARTS = ("blocks", "shared", "loops", "variants")


def by_hash(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definition with its `data:` addresses in `media`, by SHA-256, and `media:HASH` wherever they stood; the very
    definition where there is none that is longer than that."""
    media: dict[str, str] = {}

    def taken(found: re.Match[str]) -> str:
        address = found[0]
        if len(address) <= _REFERENCE_LENGTH:
            return address
        name = hashlib.sha256(address.encode()).hexdigest()
        media[name] = address
        return f"media:{name}"

    def given(found: re.Match[str]) -> str:
        return media.get(found[1], found[0])

    written = {name: definition[name] for name in _PARTS if name in definition}
    referring = _replaced(written, _ADDRESS, taken)
    # Where an author has written such a reference, what is put in would be another text.
    if not media or _replaced(referring, _REFERENCE, given) != written:
        return definition
    return {**definition, **referring, "media": media}


def _replaced(node: Any, pattern: re.Pattern[str], by: Any) -> Any:
    if isinstance(node, str):
        return pattern.sub(by, node)
    if isinstance(node, list | tuple):
        return [_replaced(one, pattern, by) for one in node]
    if isinstance(node, Mapping):
        return {key: _replaced(value, pattern, by) for key, value in node.items()}
    return node
