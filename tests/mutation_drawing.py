"""Small changes of the code, drawn by seed, for `tests/mutation.py`.

They are those of Cosmic Ray: another operator, comparison or number, a condition denied, a loop that never runs; none
is in a string or an annotation. A mutant is drawn place by place, so that a line with many operators counts no more
than another.
"""

from __future__ import annotations

import ast
import itertools
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

# What is mutated, below src/twinbean: record checks, the play, measures and likelihoods. The only list of it.
MODULES = (
    *(
        "play/record_check.py",
        "sessions/jspsych.py",
        "sessions/session.py",
        "sessions/rows.py",
        "sessions/table.py",
        "sessions/checking.py",
    ),
    *("play/stage.py", "definitions/kinds/bandit.py", "definitions/kinds/slot_machines.py"),
    *("play/game.py", "play/asking.py", "play/transcript.py", "definitions/wording.py", "play/scheduler.py"),
    *("play/seating.py", "comparison/pairing.py", "cognitive/wins.py"),
    *("comparison/averages.py", "comparison/courses.py", "comparison/measures.py", "comparison/statistics.py"),
    *("comparison/likelihood.py", "cognitive/choices.py", "cognitive/likelihood.py", "cognitive/rules.py"),
    "scoring/choices.py",
)
_LEFT_OUT = {"core/NoOp", "core/VariableInserter", "core/VariableReplacer"}
# Which equal numbers are one object is CPython's affair, so no test could tell.
_IDENTITY = {f"core/ReplaceComparisonOperator_{equal}_{same}" for equal in ("Eq", "NotEq") for same in ("Is", "IsNot")}


@dataclass(frozen=True)
class Change:
    """One change that an operator of Cosmic Ray can make."""

    module: str
    operator: str
    occurrence: int
    line: int


@dataclass(frozen=True)
class Mutant:
    """A changed module: what the line was, what it is, and the whole source."""

    module: str
    line: int
    old: str
    new: str
    source: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.old} -> {self.new}"


def places(module: str, source: str) -> list[list[Change]]:
    """For each place and kind of change, the changes there."""
    nodes, aside = list(ast_nodes(get_ast(source))), _words_and_types(ast.parse(source))
    found: dict[tuple[object, str], list[Change]] = defaultdict(list)
    for name in sorted(operator_names()):
        family = name.split("_")[0]
        if family in _LEFT_OUT or name in _IDENTITY:
            continue
        operator = get_operator(name)()
        positions = (position for node in nodes for position in operator.mutation_positions(node))
        for occurrence, (start, end) in enumerate(positions):
            if not any(first <= start and end <= last for first, last in aside):
                found[start, family].append(Change(module, name, occurrence, start[0]))
    return list(found.values())


def mutant(change: Change, source: str) -> Mutant | None:
    """The change, made; None where it makes no Python, or nothing other than it was."""
    mutated = mutate_code(source, get_operator(change.operator)(), change.occurrence)
    if mutated is None or not _compiles(mutated):
        return None
    pairs = zip(source.splitlines(), mutated.splitlines(), strict=False)
    old, new = next(((old, new) for old, new in pairs if old != new), ("", ""))
    return Mutant(change.module, change.line, old.strip(), new.strip(), mutated) if old else None


def _words_and_types(tree: ast.AST) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where strings and annotations are, and where a star is no multiplication."""
    found = []
    for node in ast.walk(tree):
        aside = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.Starred | ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        ):
            aside.append(node)
        found += [((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)) for part in aside if part]
    return found


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def drawn(copy: Path, number: int, seed: int) -> list[Mutant]:
    """`number` mutants of all modules, the same for the same seed. What a place is drawn as depends on its own line
    alone, so that a change elsewhere leaves the others as they were."""
    sources = {module: (copy / "src" / "twinbean" / module).read_text(encoding="utf-8") for module in MODULES}
    choices: dict[str, list[Change]] = {}
    for module, source in sources.items():
        lines = source.splitlines()
        for place in places(module, source):
            name = f"{seed} {module} {place[0].operator.split('_')[0]} {lines[place[0].line - 1].strip()}"
            # The same operation at several places of a line, or in several equal lines.
            number_of_it = next(number for number in itertools.count() if f"{name} {number}" not in choices)
            choices[f"{name} {number_of_it}"] = place
    made = (
        mutant(random.Random(name).choice(choices[name]), sources[choices[name][0].module])
        for name in sorted(choices, key=lambda name: random.Random(name).random())
    )
    return list(itertools.islice(filter(None, made), number))
