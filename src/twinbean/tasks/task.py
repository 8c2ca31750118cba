"""A task: a SweetBean definition with its name, its parameters and how its payoffs are drawn."""

from __future__ import annotations

import importlib.util
import inspect
import math
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenlet import GreenletExit

from twinbean import _assets
from twinbean._files import write_text
from twinbean._plugins import Entry, Registry
from twinbean._random import generator
from twinbean.errors import TaskError, TwinbeanError
from twinbean.tasks.parameters import fits, hints_of, is_float, named, parse

if TYPE_CHECKING:
    from twinbean.definitions.definition import Definition
    from twinbean.sessions import Session

# The task of people whose definition nobody has.
RECORDED = "recorded"


@dataclass(frozen=True)
class Task:
    """What a researcher gives: `build(*, rng, **parameters)` returns a `sweetbean.Experiment`.

    `rng` is a numpy Generator for drawing payoffs; the keyword parameters, with their annotations and defaults, are
    what `--set` can change. `fixed` marks a task made of a ready `experiment`, which has neither; `per_person` one that
    is built from each person's record, `build(person, **parameters)`, and so can only be replayed and scored.
    """

    name: str
    build: Callable[..., Any] = field(repr=False)
    description: str = ""
    fixed: bool = False
    per_person: bool = False
    # Where the files lie that it shows; beside the file of `build`, unless it is said.
    folder: Path | None = field(default=None, repr=False, compare=False)

    @property
    def title(self) -> str:
        return self.description.splitlines()[0].rstrip(".") if self.description else self.name.replace("_", " ")

    @property
    def source(self) -> str:
        """The publication that the description names in a line `Source: ...`; empty where it names none."""
        named = [line for line in self.description.splitlines() if line.startswith("Source: ")]
        return named[0].removeprefix("Source: ") if named else ""

    def parameters(self) -> dict[str, Any]:
        """The parameters of `build` and their defaults."""
        return dict(self._defaults)

    @cached_property
    def _defaults(self) -> Mapping[str, Any]:
        if self.fixed:
            return {}
        defaults = {
            name: parameter.default
            for name, parameter in inspect.signature(self.build).parameters.items()
            if name not in ("rng", "person") and parameter.kind is not inspect.Parameter.VAR_KEYWORD
        }
        for name, default in defaults.items():
            if default is inspect.Parameter.empty:
                raise TaskError(f"task {self.name!r}: parameter {name!r} of build has no default, and needs one")
        return defaults

    @cached_property
    def _hints(self) -> Mapping[str, Any]:
        return hints_of(self.build)

    def set(self, assignments: Mapping[str, str]) -> dict[str, Any]:
        """All parameters, with those in `assignments` (name -> text) read as the types of `build`.

        Raises TaskError for an unknown name or a value of another type.
        """
        parameters = self.parameters()
        if self.fixed and assignments:
            raise TaskError(f"{self.name} holds a ready experiment, which has no parameters to set")
        hints = self._hints if assignments else {}
        for name, text in assignments.items():
            if name not in parameters:
                known = ", ".join(parameters) or "none"
                raise TaskError(f"task {self.name!r} has no parameter {name!r} (parameters: {known})")
            parameters[name] = parse(name, text, hints.get(name, type(parameters[name])))
        return parameters

    def define(
        self,
        *,
        seed: int = 0,
        variant: int = 0,
        parameters: Mapping[str, Any] | None = None,
        person: Session | None = None,
    ) -> Definition:
        """The checked definition with the payoffs of one variant, drawn from (seed, variant), or of one person."""
        from twinbean.definitions.definition import define

        given = self._typed(self.parameters() | dict(parameters or {}))
        if self.per_person and person is None:
            raise TaskError(f"{self.name!r} is made from each person's record: give DATA; it cannot be exported")
        try:
            if self.fixed:
                experiment = self.build()
            elif self.per_person:
                experiment = self.build(person, **given)
            else:
                experiment = self.build(rng=generator(seed, sample=variant, purpose="payoffs"), **given)
        except TwinbeanError:
            raise
        except (KeyboardInterrupt, GreenletExit, MemoryError):
            raise
        except BaseException as error:
            file = _file_of(self.build)
            place = "" if file is None else f"{file}: "
            raise TaskError(f"{place}task {self.name!r} raised {_described(error, file)}") from error
        return define(experiment, unknown_payoffs=self.per_person, folder=self._beside)

    @property
    def _beside(self) -> Path | None:
        file = _file_of(self.build)
        return self.folder or (file.parent if file is not None and file.is_file() else None)

    def _typed(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Whole numbers as floats where `build` takes floats: the record of a page has 50 for 50.0."""
        hints = self._hints
        for name, value in parameters.items():
            if isinstance(value, list | Mapping) or (isinstance(value, float) and not math.isfinite(value)):
                raise TaskError(f"task {self.name!r}: parameter {name} is {value!r}, expected one finite value")
            if name in hints and not fits(value, hints[name]):
                raise TaskError(f"task {self.name!r}: parameter {name} is {value!r}, expected {named(hints[name])}")
        return {
            name: float(value) if type(value) is int and is_float(hints.get(name, type(value))) else value
            for name, value in parameters.items()
        }


def builtin_names() -> list[str]:
    """The tasks that come with Twinbean, by name."""
    return sorted(path.stem for path in _assets.experiments().glob("*.py") if not path.stem.startswith("_"))


def registry() -> Registry:
    """The tasks by name: files of experiments/, and what other packages offer."""
    files = {name: str(_assets.experiments() / f"{name}.py") for name in builtin_names()}
    return Registry(group="twinbean.tasks", what="task", built_in=files, error=TaskError)


def load_by_name(name: str) -> Task:
    """The built-in or plugin's task that a record names, never a file: whoever made the data would choose what is run.

    Raises TaskError where there is none of that name.
    """
    if name.endswith(".py") or ".py:" in name:
        raise TaskError(f"{name!r} is a file, expected the name of a task")
    return load(name)


def load(spec: str) -> Task:
    """The task that `spec` names: a built-in name, a plugin's, "recorded", `file.py`, or `file.py:name`.

    In a file, `name` may be a Task, a build function or a SweetBean experiment; without one, a Task `task`, a function
    `build` and an experiment `experiment` are looked for in this order. Raises TaskError when there is none or the file
    raises.
    """
    if spec == RECORDED:
        from twinbean.definitions.recorded import recorded_experiment

        return Task(RECORDED, recorded_experiment, "A task made from each person's record", per_person=True)
    file, _, attribute = spec.partition(".py:")
    if attribute or spec.endswith(".py"):
        path = Path(f"{file}.py" if attribute else spec)
        if not path.is_file():
            raise TaskError(f"{path} does not exist")
    else:
        tasks = registry()
        entry = tasks.find(spec)
        if entry is None:
            raise TaskError(f"there is no task {spec!r}: expected one of {', '.join(tasks.names())}, or a Python file")
        if not entry.is_built_in:
            return _of_plugin(tasks, entry)
        path = Path(entry.target)
    module, written = _execute(path)
    if attribute:
        if not hasattr(module, attribute):
            raise TaskError(f"{path} has no {attribute!r}")
        return _task(getattr(module, attribute), attribute, path, module)
    for name, is_meant in _NAMES.items():
        if is_meant(getattr(module, name, None)):
            return _task(getattr(module, name), name, path, module)
    experiments = {id(found): found for found in (*vars(module).values(), *written) if _is_experiment(found)}
    if len(experiments) == 1:
        return _task(next(iter(experiments.values())), "experiment", path, module)
    raise TaskError(f"{path} has none of a Task 'task', a function 'build' and a SweetBean Experiment 'experiment'")


# By its name outside, where `load` alone would not say what.
load_task = load


def _of_plugin(tasks: Registry, entry: Entry) -> Task:
    """What an entry point gives: a Task, a build function, an experiment, or a module that holds one as a file does."""
    # Before the plugin is imported: SweetBean can then be imported without Java.
    from twinbean.definitions.patches import pages_left_to_twinbean

    with pages_left_to_twinbean():
        found = tasks.load(entry)
    if isinstance(found, types.ModuleType):
        module = found
        name = next((name for name, is_meant in _NAMES.items() if is_meant(getattr(module, name, None))), None)
        if name is None:
            raise TaskError(
                f"{tasks.describe(entry)} has none of a Task 'task', a function 'build' and an 'experiment'"
            )
        found = getattr(module, name)
    else:
        module = sys.modules[entry.target.partition(":")[0]]
    task = _task(found, entry.name, Path(module.__file__ or entry.target), module)
    return replace(task, name=entry.name)


def _is_experiment(found: Any) -> bool:
    from twinbean.definitions.definition import is_experiment

    return is_experiment(found)


# In a file of SweetBean's, `task` is as likely a stimulus.
_NAMES: Mapping[str, Callable[[Any], bool]] = {
    "task": lambda found: isinstance(found, Task),
    "build": callable,
    "experiment": _is_experiment,
}


def copy_builtin(like: str, name: str) -> Path:
    """Write `NAME.py` in the working folder as a copy of a built-in task; an existing file is left alone."""
    if like not in builtin_names():
        raise TaskError(f"there is no built-in task {like!r}: expected one of {', '.join(builtin_names())}")
    if not name.isidentifier():
        raise TaskError(f"{name!r} cannot name a task: expected letters, digits and underscores, a letter first")
    path = Path(f"{name}.py")
    if path.exists() or path.is_symlink():
        raise TaskError(f"{path} exists already")
    write_text(path, (_assets.experiments() / f"{like}.py").read_text(encoding="utf-8"))
    return path


def _task(found: Any, name: str, path: Path, module: types.ModuleType) -> Task:
    description = inspect.cleandoc(module.__doc__ or "")
    title = path.stem if name in ("task", "build", "experiment") else name
    folder = path.absolute().parent
    if isinstance(found, Task):
        return found if found.folder else replace(found, folder=folder)
    if _is_experiment(found):
        return Task(title, lambda: found, description, fixed=True, folder=folder)
    if callable(found):
        try:
            parameters = inspect.signature(found).parameters
        except (ValueError, TypeError):
            raise TaskError(
                f"{path}: {name} has no signature, expected a function that takes the keyword rng"
            ) from None
        if "rng" not in parameters:
            raise TaskError(f"{path}: {name} must take the keyword rng, a numpy Generator to draw payoffs with")
        return Task(title, found, description, folder=folder)
    raise TaskError(f"{path}: {name} is a {type(found).__name__}, expected a Task, a build function or an Experiment")


def _execute(path: Path) -> tuple[types.ModuleType, list[Any]]:
    """What the file defines, and the experiments whose page it would have written.

    Raises TaskError for whatever it raises.
    """
    # Before the file is run: SweetBean can then be imported without Java.
    from twinbean.definitions.patches import pages_left_to_twinbean

    name = f"twinbean_task_{path.stem}"
    loader = _Source(name, str(path.absolute()))
    spec = importlib.util.spec_from_file_location(name, loader.path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    # Under its name in sys.modules, inspect finds the source of the functions that are emitted as JavaScript.
    sys.modules[module.__name__] = module
    try:
        # As when Python runs the file: what lies beside it can be imported.
        with _first_on_path(path.absolute().parent), pages_left_to_twinbean() as written:
            loader.exec_module(module)
    except (KeyboardInterrupt, GreenletExit, MemoryError):
        raise
    except BaseException as error:
        # An exit would end the program as if its work were done.
        raise TaskError(f"{path} raised {_described(error, path)}") from error
    return module, written


class _Source(SourceFileLoader):
    """Keeps no byte code: Python would leave it beside the task, and take it for what was changed within a second."""

    def get_code(self, fullname: str) -> types.CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


@contextmanager
def _first_on_path(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _file_of(build: Callable[..., Any]) -> Path | None:
    code = getattr(inspect.unwrap(build), "__code__", None)
    return None if code is None else Path(code.co_filename)


def _described(error: BaseException, path: Path | None) -> str:
    """What was raised, and the last line of the task's own file on the way there."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if path and Path(frame.filename) == path.absolute()
    ]
    where = f" at line {frames[-1].lineno}" if frames else ""
    try:
        text = " ".join(str(error).split())
    except Exception:
        # What a task raises can be anything, also in what it says of itself.
        text = ""
    return f"{type(error).__name__}{where}: {text}" if text else f"{type(error).__name__}{where}"
