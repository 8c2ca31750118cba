"""Removes Twinbean's patches of SweetBean, one at a time, and checks that a test notices (`make mutants`).

Each mutant is a change of one line in a copy of the checkout, back to what SweetBean does, or to a slip that the parity
proof must catch. A mutant that no test notices is an error.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checkout import copy_of_checkout

PATCHES, EMISSION, BANDIT = "definitions/patches.py", "definitions/emission.py", "definitions/kinds/bandit.py"
KEYED, SURVEYS = "definitions/kinds/keyed.py", "definitions/kinds/surveys.py"
HTML_CHOICE, SYMBOL = "definitions/kinds/html_choice.py", "definitions/kinds/symbol.py"
MARKUP = "definitions/markup.py"
QUIZ, LOOPING = "definitions/kinds/quiz.py", "definitions/looping.py"
PATCHED = ["tests/definitions/test_patches.py"]
PARITY = ["tests/browser/test_parity.py", "--games", "60"]


@dataclass(frozen=True)
class Mutant:
    """`old` in `file` becomes `new`; `tests` must fail."""

    what: str
    file: str
    old: str
    new: str
    tests: list[str]


MUTANTS = [
    Mutant("SweetBean looks for Java", PATCHES, '"java" if cmd == "java" else found(', "found(", PATCHED),
    Mutant("any SweetBean will do", PATCHES, "if found != PINNED:", "if not found:", PATCHED),
    Mutant("upstream's side effects", PATCHES, '    "_resolve_side_effects": resolve_effects,\n', "", PATCHED),
    Mutant("upstream's shared variables", PATCHES, '    "return_shared_variables": shared_variables,\n', "", PATCHED),
    Mutant("a task file writes its page", PATCHES, "    Experiment.to_html = lambda self", "    lambda self", PATCHED),
    Mutant("effects see the old state", PATCHES, "            now[name] = value\n", "            pass\n", PATCHED),
    Mutant("effects do not see the row", PATCHES, "        rows[-1][name] = value\n", "", PATCHED),
    Mutant("whole floats turn to ints", EMISSION, '{"$float": value} if value.is_', "value if value.is_", PARITY),
    Mutant("windows are off by one", EMISSION, "raw_name, value.window]", "raw_name, value.window + 1]", PARITY),
    Mutant("a missed trial pays a point", BANDIT, '"value": 0 if trial.missed', '"value": 1 if trial.missed', PARITY),
    Mutant("a stage that only leads on pays", BANDIT, "if trial.missed or not pays", "if trial.missed", PARITY),
    Mutant("effects arrive in reverse", EMISSION, '"effects": effects}', '"effects": effects[::-1]}', PARITY),
    Mutant("a label is recorded by its text", SURVEYS, "tuple(range(len(labels)))", "tuple(labels)", PARITY),
    Mutant(
        "a block of HTML begins no line",
        MARKUP,
        "if _BLOCK(tag):\n                lines",
        "if not tag:\n                lines",
        PARITY,
    ),
    Mutant("every option is worth the first", HTML_CHOICE, "else values[response]", "else values[0]", PARITY),
    Mutant("not pressing is never right", KEYED, "response == (None if", "response == (0 if", PARITY),
    Mutant("whoever takes a quiz passes it", QUIZ, "passed = passes(", "passed = True or passes(", PARITY),
    Mutant("nobody is screened out", LOOPING, "loop.otherwise == SCREEN_OUT", "loop.otherwise is None", PARITY),
    Mutant("a phase resets nothing", LOOPING, "            shared |= anew\n", "", PARITY),
    Mutant(
        "a practice counts in the score",
        "definitions/phases.py",
        "if block.phase == MAIN and goes_on",
        "if goes_on is None",
        ["tests/definitions/test_phases.py"],
    ),
    Mutant(
        "what is not known is not true",
        "comparison/expressions.py",
        "return True if True in found else None if None in found else False",
        "return True in found",
        ["tests/comparison/test_exclusions.py"],
    ),
    Mutant(
        "below is above",
        SYMBOL,
        "if y > 0 else 'above'",
        "if y < 0 else 'above'",
        ["tests/definitions/test_symbols.py"],
    ),
    Mutant(
        "payoffs are not part of the data",
        "play/seating.py",
        "(trial.choice, trial.reward) for",
        "trial.choice for",
        ["tests/play/test_seating.py"],
    ),
    Mutant(
        "labels are listed again after a forced trial",
        "play/stage.py",
        "if len(offer) > 1:",
        "if offer:",
        ["tests/play/test_game.py"],
    ),
    Mutant(
        "a time to wait is ignored",
        "subjects/endpoint/limiter.py",
        "loop.time() + retry_after)",
        "0.0)",
        ["tests/subjects/endpoint/test_limiter.py"],
    ),
    Mutant(
        "a comment may begin in a script",
        "page/document.py",
        '.replace("<!--", r"<\\!--")',
        "",
        ["tests/page/test_document.py"],
    ),
]


def main() -> int:
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        copy_of_checkout(copy)
        for tests in dict.fromkeys(tuple(mutant.tests) for mutant in MUTANTS):
            if not passes(copy, tests):
                print(f"error: {tests[0]} fails without any mutant", file=sys.stderr)
                return 1
        for mutant in MUTANTS:
            source_file = copy / "src" / "twinbean" / mutant.file
            source = source_file.read_text(encoding="utf-8")
            if source.count(mutant.old) != 1:
                print(f"error: {mutant.file} holds {mutant.old!r} {source.count(mutant.old)} times", file=sys.stderr)
                return 1
            source_file.write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")
            survived = passes(copy, mutant.tests)
            source_file.write_text(source, encoding="utf-8")
            print(f"{'SURVIVED' if survived else 'noticed ':9} {mutant.what} ({mutant.tests[0]})", flush=True)
            survivors += [mutant] if survived else []
    print(f"{len(MUTANTS)} mutants, {len(survivors)} survived")
    return 1 if survivors else 0


def passes(copy: Path, tests: Sequence[str]) -> bool:
    environment = os.environ | {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
