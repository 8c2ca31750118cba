"""What we mend in SweetBean 1.3.17, one reason each; every mend has a test that fails without it.

The mends hold for every use of SweetBean in this process, and are applied when `twinbean.bean` is imported, never
around a single play: interleaved plays would lose them.

Not mended, because Twinbean does not pass through them: SweetBean's JavaScript (`twinbean.bean.emission` and the page's
engine take its place), its prompts (`twinbean.bean.game` writes its own) and its `data=` (recorded choices are answered
through `get_input`, since `data=` echoes whatever payoff the record claims).
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import io
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twinbean.errors import TwinbeanError

PINNED = "1.3.17"


def check_version() -> None:
    """The mends below are of one release; another may have changed what they replace."""
    found = importlib.metadata.version("sweetbean")
    if found != PINNED:
        raise TwinbeanError(
            f"sweetbean {found} is installed, and this version of Twinbean is made for sweetbean {PINNED}: "
            f"install 'sweetbean=={PINNED}'"
        )


@contextlib.contextmanager
def import_without_java() -> Iterator[None]:
    """SweetBean ends the interpreter when it is imported where no Java is on the PATH; only Transcrypt's minifier,
    which we never run, needs it. Its import also prints and, from Python 3.12 on, warns."""
    found = shutil.which

    def which(cmd: str, *args: Any, **kwargs: Any) -> Any:
        return "java" if cmd == "java" else found(cmd, *args, **kwargs)

    shutil.which = which  # type: ignore[assignment]
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        shutil.which = found


check_version()
with import_without_java():
    _BaseStimulus = importlib.import_module("sweetbean.stimulus.Stimulus")._BaseStimulus

from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, TimelineVariable  # noqa: E402

# What a stimulus only draws with. Their functions build markup for SweetBean's page; no text and no choice uses them.
DRAWN = frozenset({"html_array", "values", "stimulus", "type"})


def copied(value: Any) -> Any:
    """Lists and dicts anew, so that a function that changes what it is given changes no definition."""
    if isinstance(value, list | tuple):
        return [copied(item) for item in value]
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


def resolve(
    value: Any, element: Mapping[str, Any], rows: Sequence[Any], shared: Mapping[str, Any], *, effect: bool = False
) -> Any:
    """What an argument stands for now. Upstream hands out the timeline's own lists, and turns tuples into lists nowhere
    but on the page; here both sides work on copies, and on lists."""
    if isinstance(value, list | tuple):
        return [resolve(item, element, rows, shared, effect=effect) for item in value]
    if isinstance(value, dict):
        return {key: resolve(item, element, rows, shared, effect=effect) for key, item in value.items()}
    if isinstance(value, TimelineVariable):
        return copied(element[value.name])
    if isinstance(value, DataVariable):
        # Window 0 is the current row, which only effects have; 1 is the row before it.
        return copied(rows[-value.window - 1 if effect else -value.window][value.raw_name])
    if isinstance(value, FunctionVariable):
        return value.fct(*(resolve(item, element, rows, shared, effect=effect) for item in value.args))
    if isinstance(value, SharedVariable):
        return copied(shared[value.name])
    return value


def prepare_arguments(
    self: Any, element: Mapping[str, Any], rows: Sequence[Any], shared: Mapping[str, Any], datum: Any = None
) -> None:
    """Upstream writes a recorded row into `l_args`, a dict of the *class*: a text then shows the bandit's value, and
    totals pass from one participant to the next. Arguments always come from the definition, into the instance."""
    self.l_args = {name: resolve(value, element, rows, shared) for name, value in self.arg.items() if name not in DRAWN}
    self.l_ses = {}


def resolve_effects(self: Any, element: Mapping[str, Any], rows: list[dict[str, Any]], shared: dict[str, Any]) -> None:
    """Upstream computes all effects from the old state in Python and one after the other in JavaScript. Here each sees
    what the ones before it did, as its author wrote them."""
    now = dict(shared)
    for effect in self.side_effects:
        value = resolve(effect.get_variable, element, rows, now, effect=True)
        target = effect.set_variable
        name = target.raw_name if isinstance(target, DataVariable) else target.name
        if not isinstance(target, DataVariable):
            now[name] = value
        rows[-1][name] = value
        self.l_ses[target.name] = value


def shared_variables(self: Any) -> dict[str, SharedVariable]:
    """Upstream does not look at arguments before the first play, nor into tuples: a shared variable that is shown but
    never set is then unknown."""
    found: dict[str, SharedVariable] = {}

    def collect(value: Any) -> None:
        if isinstance(value, SharedVariable):
            found[value.name] = value
        elif isinstance(value, dict):
            collect(list(value.values()))
        elif isinstance(value, list | tuple):
            for item in value:
                collect(item)
        elif isinstance(value, FunctionVariable):
            collect(value.args)

    collect({name: value for name, value in self.arg.items() if name not in DRAWN})
    for effect in self.side_effects or ():
        collect([effect.get_variable, effect.set_variable])
    return found


MENDS: Mapping[str, Any] = {
    "_prepare_args_l": prepare_arguments,
    "_resolve_side_effects": resolve_effects,
    "return_shared_variables": shared_variables,
}
UPSTREAM: Mapping[str, Any] = {name: getattr(_BaseStimulus, name) for name in MENDS}

for _name, _mend in MENDS.items():
    setattr(_BaseStimulus, _name, _mend)
