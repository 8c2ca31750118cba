"""Patches of SweetBean 1.3.17, one reason each; every patch has a test that fails without it.

They hold for every use of SweetBean in this process, and are applied when `twinbean.definitions` is imported,
never around a single play: interleaved plays would lose them.

Not patched, because Twinbean does not use them: SweetBean's JavaScript (`twinbean.definitions.emission` and the
page's engine take its place), its prompts (`twinbean.play.game` writes its own) and its `data=`, which echoes
whatever payoff a record claims and writes the record into dicts of the stimulus' *class*, from where one participant's
values reach the next: recorded choices are answered like any other.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.metadata
import io
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from twinbean.errors import TaskError, TwinbeanError

PINNED = "1.3.17"


def check_version() -> None:
    """The patches below are for one release; another may have changed what they replace."""
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
    importlib.import_module("sweetbean.stimulus")

from sweetbean import Block, Experiment  # noqa: E402
from sweetbean.stimulus.Stimulus import _BaseStimulus, _parse_variable  # noqa: E402
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable  # noqa: E402


def resolve_effects(self: Any, element: Mapping[str, Any], rows: list[dict[str, Any]], shared: dict[str, Any]) -> None:
    """Upstream computes all effects from the old state in Python and one after the other in JavaScript. Here each sees
    what the ones before it did, as its author wrote them."""
    now = dict(shared)
    for effect in self.side_effects:
        value = _parse_variable(effect.get_variable, element, rows, now, se=True)
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

    collect(self.arg)
    for effect in self.side_effects or ():
        collect([effect.get_variable, effect.set_variable])
    return found


@contextlib.contextmanager
def pages_left_to_twinbean() -> Iterator[list[Any]]:
    """Files that use SweetBean often end by writing their page, which needs Java and takes seconds, and by taking a
    picture, which fetches a browser. While such a file is loaded as a task, these lines do nothing: `twinbean export`
    writes the page. Gives the experiments whose page would have been written. A file that plays itself is refused:
    it would ask its model, or wait at the terminal, whenever it is loaded. Other threads may be playing meanwhile."""
    written: list[Any] = []
    token = _written.set(written)
    try:
        yield written
    finally:
        _written.reset(token)


# Where a file is being loaded, the experiments whose page it has written.
_written: ContextVar[list[Any] | None] = ContextVar("written", default=None)


def _but_while_loading(own: Callable[..., Any], instead: Callable[[Any, list[Any]], None]) -> Callable[..., Any]:
    @functools.wraps(own)
    def called(self: Any, *arguments: Any, **options: Any) -> Any:
        written = _written.get()
        return own(self, *arguments, **options) if written is None else instead(self, written)

    return called


def _note_page(experiment: Any, written: list[Any]) -> None:
    written.append(experiment)


def _take_no_picture(block: Any, written: list[Any]) -> None: ...


def _refuse_to_play(experiment: Any, written: list[Any]) -> None:
    raise TaskError(
        "it calls run_on_language while it is loaded; put what plays the experiment under if __name__ == '__main__':"
    )


Experiment.to_html = _but_while_loading(Experiment.to_html, _note_page)
Block.to_image = _but_while_loading(Block.to_image, _take_no_picture)
Experiment.run_on_language = _but_while_loading(Experiment.run_on_language, _refuse_to_play)

PATCHES: Mapping[str, Any] = {
    "_resolve_side_effects": resolve_effects,
    "return_shared_variables": shared_variables,
}

for _name, _patch in PATCHES.items():
    setattr(_BaseStimulus, _name, _patch)
