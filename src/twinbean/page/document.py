"""One HTML document with everything in it: definition, functions, scripts, styles and licences.

The document asks the network for nothing, or, with a collector, for that alone. Its content security policy names every
script and style by hash, so that nothing a definition contains can run, and the same definition and options always give
the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from twinbean._json import digest
from twinbean._version import __version__
from twinbean.page.hosts import Host
from twinbean.page.inlining import inline_json, inline_script, normal, policy_of, template_of, text_of, vendored
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
    if options.timing:
        definition = {**definition, "timing": options.timing}
    about: dict[str, Any] = {"twinbean": __version__, "page": identity or _digest(definition, functions)}
    if host is not None:
        about["host"] = host.options
    adapter = [] if host is None else [vendored(host.script)]
    has_pair = options.collector is not None and options.collector.pair
    script = vendored("paired.js" if has_pair else "collected.js" if options.collector else "twinbean.js")
    # The collector that the page came from, and nobody else.
    more = {"connect-src": "'self'"} if options.collector else {} if host is None else host.policy
    return _document(
        _scripts(functions, [*adapter, script], scripts),
        title=options.title,
        language=options.language or str(definition["language"]),
        data={"definition": by_hash(definition), "options": options.to_json() | about},
        words=options.words,
        sources=[] if host is None else host.sources,
        more=more,
        style=_style() + (_pair_style() if has_pair else ""),
    )


def harness(scripts: Sequence[str] = ()) -> str:
    """A page that plays any number of definitions by program (docs/page.md, "Playing by program").

    It has the screens of `render`, but takes definitions and functions from whoever drives it, so it has no policy
    against running them: it is for tests, never for participants. `scripts` are those of kinds from other packages.
    """
    own = [vendored("jspsych.js"), vendored("harness.js")]
    return _document([*own, *_plugged(scripts)], title="Twinbean harness", language="en", data={}, policy=False)


def watched(functions: Sequence[str], *, scripts: Sequence[str] = (), title: str) -> tuple[str, str]:
    """The page inside a watcher, which is told by the document around it what to play, and that document's policy.

    It has the screens of `render`, and nothing that keeps or sends anything. The frame that it stands in has the policy
    of the document around it, too.
    """
    own = _scripts(functions, [vendored("watched.js")], scripts)
    around = [inline_script(script) for script in (*own, vendored("watcher.js"))]
    styles = [_style(), _watcher_style()]
    return _document(own, title=title, language="en", data={}), policy_of(around, styles)


def watcher(sessions: Sequence[Mapping[str, Any]], page: str, *, policy: str, title: str, about: str) -> str:
    """The document around `page`, as `watched` gives it, that plays `sessions` in it."""
    return template_of("watcher.html.j2").render(
        title=title,
        about=about,
        policy=policy,
        style=_watcher_style(),
        data={"sessions": inline_json(sessions), "page": inline_json(page)},
        script=inline_script(vendored("watcher.js")),
    )


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
    style: str | None = None,
) -> str:
    scripts = [inline_script(script) for script in scripts]
    style = style or _style()
    return template_of("page.html.j2").render(
        title=title,
        language=language,
        direction=direction_of(language),
        policy=policy_of(scripts, [style], more) if policy else None,
        style=style,
        words={**wording(), **words},
        sources=sources,
        scripts=scripts,
        data={name: inline_json(value) for name, value in data.items()},
        licences=inline_script(vendored("licences.txt")),
    )


def _digest(definition: Mapping[str, Any], functions: Sequence[str]) -> str:
    """What tells this very game, drawn payoffs included, from any other: a session is resumed in no other."""
    return digest([definition, list(functions)])


def _scripts(functions: Sequence[str], own: Sequence[str], plugged: Sequence[str]) -> list[str]:
    listed = "window.twinbeanFunctions = [\n" + ",\n".join(functions) + "\n];"
    return [vendored("support.js"), vendored("jspsych.js"), listed, *own, *_plugged(plugged)]


def _style() -> str:
    return normal(text_of("machines.css") + text_of("style.css"))


def _watcher_style() -> str:
    return normal(text_of("watcher.css") + text_of("course.css"))


def _pair_style() -> str:
    return normal(text_of("course.css") + text_of("pair.css"))


def _plugged(scripts: Sequence[str]) -> list[str]:
    """The scripts of kinds from other packages, each with its names to itself, behind what they are registered by."""
    return [vendored("plugged.js"), *(f"(() => {{\n{script}\n}})();" for script in scripts)] if scripts else []
