"""One HTML document with everything in it: definition, functions, scripts, styles and licences.

The document asks the network for nothing, or, with a collector, for that alone. Its content security policy names every
script and style by hash, so that nothing a definition contains can run, and the same definition and options always give
the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

import jinja2

from twinbean import _assets
from twinbean._json import digest
from twinbean._version import __version__
from twinbean.page.hosts import Host
from twinbean.page.media import by_hash
from twinbean.page.options import PageOptions
from twinbean.page.words import direction_of, wording

_DEFAULTS = PageOptions()


def render(
    definition: Mapping[str, Any],
    functions: Sequence[str],
    *,
    scripts: Sequence[str] = (),
    options: PageOptions = _DEFAULTS,
    identity: str | None = None,
    host: Host | None = None,
) -> str:
    """The page that a participant plays.

    `definition` is the JSON of docs/page-format.md, `functions` the JavaScript of the functions that it calls by index,
    `scripts` that of its kinds which come from other packages.
    Sessions are gone on with by pages of one `identity`, which is the game's own digest unless it is said.
    With a `host` the page saves there, and is to be put there.
    Raises ValueError where the definition holds what JSON cannot.
    """
    functions_script = "window.twinbeanFunctions = [\n" + ",\n".join(functions) + "\n];"
    if options.timing:
        definition = {**definition, "timing": options.timing}
    about: dict[str, Any] = {"twinbean": __version__, "page": identity or _digest(definition, functions)}
    if host is not None:
        about["host"] = host.options
    adapter = [] if host is None else [_vendored(host.script)]
    script = _vendored("collected.js" if options.collector else "twinbean.js")
    # The collector that the page came from, and nobody else.
    more = {"connect-src": "'self'"} if options.collector else {} if host is None else host.policy
    return _document(
        [_vendored("support.js"), _vendored("jspsych.js"), functions_script, *adapter, script, *_plugged(scripts)],
        title=options.title,
        language=options.language or str(definition["language"]),
        data={"definition": by_hash(definition), "options": options.to_json() | about},
        words=options.words,
        sources=[] if host is None else host.sources,
        more=more,
    )


def harness(scripts: Sequence[str] = ()) -> str:
    """A page that plays any number of definitions by program (docs/page.md, "Playing by program").

    It has the screens of `render`, but takes definitions and functions from whoever drives it, so it has no policy
    against running them: it is for tests, never for participants. `scripts` are those of kinds from other packages.
    """
    own = [_vendored("jspsych.js"), _vendored("harness.js")]
    return _document([*own, *_plugged(scripts)], title="Twinbean harness", language="en", data={}, policy=False)


def _document(
    scripts: Sequence[str],
    *,
    title: str,
    language: str,
    data: Mapping[str, Any],
    words: Mapping[str, str] = MappingProxyType({}),
    sources: Sequence[str] = (),
    more: Mapping[str, str] = MappingProxyType({}),
    policy: bool = True,
) -> str:
    scripts = [_inline_script(script) for script in scripts]
    style = _normal(_text("machines.css") + _text("style.css"))
    return _template().render(
        title=title,
        language=language,
        direction=direction_of(language),
        policy=_policy(scripts, style, more) if policy else None,
        style=style,
        words={**wording(), **words},
        sources=sources,
        scripts=scripts,
        data={name: _inline_json(value) for name, value in data.items()},
        licences=_inline_script(_vendored("licences.txt")),
    )


def _policy(scripts: Sequence[str], style: str, more: Mapping[str, str]) -> str:
    """What the page may do; `more` is what it must be allowed besides, to save its data."""
    directives = {
        "default-src": "'none'",
        "script-src": " ".join(map(_hash, scripts)),
        "style-src": _hash(style),
        # What a researcher's instructions or stimuli bring along inside the page.
        "img-src": "data:",
        "media-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    for name, sources in more.items():
        directives[name] = f"{directives[name]} {sources}" if name in directives else sources
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _digest(definition: Mapping[str, Any], functions: Sequence[str]) -> str:
    """What tells this very game, drawn payoffs included, from any other: a session is resumed in no other."""
    return digest([definition, list(functions)])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _plugged(scripts: Sequence[str]) -> list[str]:
    """The scripts of kinds from other packages, each with its names to itself, behind what they are registered by."""
    return [_vendored("plugged.js"), *(f"(() => {{\n{script}\n}})();" for script in scripts)] if scripts else []


def _inline_script(source: str) -> str:
    """`source` such that no parser ends the script early; both forms mean the same inside JavaScript's strings."""
    return re.sub(r"</(?=script)", r"<\\/", _normal(source), flags=re.IGNORECASE).replace("<!--", r"<\!--")


def _inline_json(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _normal(text: str) -> str:
    """With the line ends that a parser makes of them, since the policy's hashes are of what it reads."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _vendored(name: str) -> str:
    return _text(f"vendor/{name}")


@cache
def _text(name: str) -> str:
    return (_assets.static() / name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(_text("page.html.j2"))
