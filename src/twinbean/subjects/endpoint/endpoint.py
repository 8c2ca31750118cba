"""Where an API model answers, and the key for it, which comes from the environment and goes nowhere else."""

from __future__ import annotations

import ipaddress
import json
import os
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from twinbean.errors import SubjectError
from twinbean.subjects.providers import ANY_KEY, PROVIDERS, Provider

_HIDDEN = "[key]"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """`model` is what the endpoint calls it; `key` is None where none is set. Its repr does not show the key."""

    model: str
    base_url: str
    key_variable: str
    key: str | None = field(default=None, repr=False)
    kind: str = "api"

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def is_openrouter(self) -> bool:
        return self.host == PROVIDERS["openrouter"].host

    @property
    def provider(self) -> Provider | None:
        """What is known of who answers, by the prefix or by the address."""
        named = PROVIDERS.get(self.kind)
        return named or next((one for one in PROVIDERS.values() if not one.local and one.host == self.host), None)

    @property
    def is_own(self) -> bool:
        """Whether nobody is paid for what is asked here: on this computer, or of a server one runs oneself."""
        named = PROVIDERS.get(self.kind)
        return (named is not None and named.local) or _is_here(urlsplit(self.base_url).hostname or "")

    def hide(self, text: str) -> str:
        """`text` without the key, which a server may have put into its reply."""
        if self.key is None:
            return text
        for shown in {self.key, json.dumps(self.key)[1:-1]}:
            text = text.replace(shown, _HIDDEN)
        return text

    def hide_in(self, content: Any) -> Any:
        """Parsed JSON without the key."""
        if isinstance(content, dict):
            return {self.hide(name): self.hide_in(value) for name, value in content.items()}
        if isinstance(content, list):
            return [self.hide_in(value) for value in content]
        return self.hide(content) if isinstance(content, str) else content

    def describe(self) -> dict[str, Any]:
        return {"model": self.model, "base_url": self.base_url}


def resolve(spec: str, base_url: str | None) -> Endpoint:
    """The endpoint of `api:NAME`, or of a provider's prefix, as `openai:NAME`.

    The key of an `api:` model, and of a server on this computer, is that in TWINBEAN_API_KEY: those of providers are
    sent to nobody else.
    Raises SubjectError where a URL or a key is missing, or where the URL holds a key.
    """
    kind, _, model = spec.partition(":")
    if not model:
        raise SubjectError(f"{spec!r} names no model, expected {kind}:NAME")
    provider = PROVIDERS.get(kind)
    variable = ANY_KEY if provider is None else provider.key
    is_local = provider is not None and provider.local
    known_url = None if provider is None or (is_local and base_url) else provider.base_url
    if known_url and base_url:
        raise SubjectError(f"{kind}: models are at {known_url}; for another endpoint use api:{model} with --base-url")
    url = known_url or base_url
    if url is None:
        raise SubjectError(f"{spec!r} needs the address of its endpoint: give --base-url URL")
    try:
        parts = urlsplit(url)
        # Read here: a port that is no number is found only when it is asked for.
        usable = parts.scheme in ("http", "https") and _is_host(parts.hostname) and parts.port != 0
        usable = usable and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        usable = False
    if not usable:
        # It is not shown: it may hold a key.
        raise SubjectError(
            "the base URL is not usable: expected http://HOST/PATH or https://HOST:PORT/PATH with a port up to 65535"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        # It is not shown: it may be a key, and the manifest keeps both URL and command.
        raise SubjectError(
            f"the base URL of {parts.hostname} holds a user, a password, a query or a fragment; "
            f"keys come only from {variable}"
        )
    key = os.environ.get(variable, "").strip() or None
    if known_url and key is None and not is_local:
        raise SubjectError(f"{spec!r} needs a key: set the environment variable {variable}")
    if key is not None and not (key.isascii() and key.isprintable()):
        raise SubjectError(f"the key in {variable} holds characters that no key has; set it anew")
    return Endpoint(model=model, base_url=url.rstrip("/"), key_variable=variable, key=key, kind=kind)


def _is_host(name: str | None) -> bool:
    """Whether `name` is an address in brackets or a name that can be looked up."""
    if not name or len(name) > 253:
        return False
    return ":" in name or all(re.fullmatch(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", one) for one in name.split("."))


def _is_here(name: str) -> bool:
    """Whether a host is this computer, as far as its name says."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
