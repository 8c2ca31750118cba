"""Makes a mutant where its module is loaded already: functions get other code, so that nothing is imported anew."""

from __future__ import annotations

import gc
import inspect
from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType

# File, qualified name, first line.
Place = tuple[str, str, int]


def loaded_functions() -> Mapping[Place, list[FunctionType]]:
    """Every function there is, also those that a decorator or a class has hidden, by where its code stands."""
    found: dict[Place, list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType):
            found[_place(one.__code__)].append(one)
    return found


def exchange(functions: Mapping[Place, list[FunctionType]], file: str, old: str, new: str) -> bool:
    """Whether the source of `file` could be changed from `old` to `new` in what is loaded: that is so where the code of
    functions changes, and none of what runs at import."""
    changes = list(_changes(compile(old, file, "exec"), compile(new, file, "exec")))
    for change in changes:
        if change is None or not functions.get(_place(change[0])):
            return False
    for before, after in filter(None, changes):
        for function in functions[_place(before)]:
            function.__code__ = after
    return True


def _changes(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType] | None]:
    """The functions that differ, as a pair of their codes; None for a difference that is in no function."""
    if before == after:
        return
    if before.co_flags & inspect.CO_OPTIMIZED:
        yield (before, after) if before.co_freevars == after.co_freevars else None
        return
    inner, inner_after = ([one for one in code.co_consts if isinstance(one, CodeType)] for code in (before, after))
    if _outer(before) != _outer(after) or len(inner) != len(inner_after):
        yield None
        return
    for pair in zip(inner, inner_after, strict=True):
        yield from _changes(*pair)


def _outer(code: CodeType) -> tuple[object, ...]:
    """A module's or a class's own code, without that of its functions."""
    constants = tuple((type(one), one) for one in code.co_consts if not isinstance(one, CodeType))
    return code.co_code, code.co_names, constants


def _place(code: CodeType) -> Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno
