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
from pathlib import Path

from checkout import ROOT, copy_of_checkout
from kind_mutants import KIND_MUTANTS
from mutant import Mutant

PATCHES, EMISSION, BANDIT = "definitions/patches.py", "definitions/emission.py", "definitions/kinds/bandit.py"
KEYED, SURVEYS = "definitions/kinds/keyed.py", "definitions/kinds/surveys.py"
HTML_CHOICE, SYMBOL = "definitions/kinds/html_choice.py", "definitions/kinds/symbol.py"
MARKUP, BLOCKS = "definitions/markup.py", "definitions/blocks.py"
QUIZ, LOOPING = "definitions/kinds/quiz.py", "definitions/looping.py"
OPTIONS, CHOOSING = "definitions/kinds/options.py", "definitions/kinds/choosing.py"
# Seconds that a test may take, with a mutant or without: what waits for ever is noticed then.
LIMIT = "300"
PATCHED = ["tests/definitions/test_patches.py"]
PARITY = ["tests/browser/test_parity.py", "--games", "60"]


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
    Mutant(
        "every option is worth the first",
        HTML_CHOICE,
        'arguments["values"][response]',
        'arguments["values"][0]',
        PARITY,
    ),
    Mutant("a missed lottery pays a point", OPTIONS, "0 if trial.missed", "1 if trial.missed", PARITY),
    Mutant("every key is the first", CHOOSING, "offer.values[trial.choice]", "offer.values[0]", PARITY),
    Mutant("parts come as they are written", BLOCKS, "in self.order:", "in sorted(self.order):", PARITY),
    Mutant(
        "losses weigh as gains",
        "cognitive/expected_utility.py",
        "-known.get(LOSS, 1.0) * utilities",
        "-utilities",
        ["tests/cognitive/test_expected_utility.py"],
    ),
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
    *KIND_MUTANTS,
]


def main(only: Sequence[str]) -> int:
    """Tries all, or those that are called `only`."""
    mutants = [mutant for mutant in MUTANTS if not only or mutant.what in only]
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        copy_of_checkout(copy)
        # To build the page's scripts anew with.
        (copy / "node_modules").symlink_to(ROOT / "node_modules")
        for tests in dict.fromkeys(tuple(mutant.tests) for mutant in mutants):
            if not passes(copy, tests):
                print(f"error: {tests[0]} fails without any mutant", file=sys.stderr)
                return 1
        for mutant in mutants:
            source_file = copy / mutant.path
            source = source_file.read_text(encoding="utf-8")
            if source.count(mutant.old) != 1:
                print(f"error: {mutant.file} holds {mutant.old!r} {source.count(mutant.old)} times", file=sys.stderr)
                return 1
            source_file.write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")
            survived = passes(copy, mutant.tests)
            source_file.write_text(source, encoding="utf-8")
            build(copy)
            print(f"{'SURVIVED' if survived else 'noticed ':9} {mutant.what} ({mutant.tests[0]})", flush=True)
            survivors += [mutant] if survived else []
    print(f"{len(mutants)} mutants, {len(survivors)} survived")
    return 1 if survivors else 0


def passes(copy: Path, tests: Sequence[str]) -> bool:
    if not build(copy):
        return False
    environment = os.environ | {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--timeout", LIMIT, *tests]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False).returncode == 0


def build(copy: Path) -> bool:
    """Makes the page's scripts, where their sources have changed; whether that succeeds."""
    return (
        subprocess.run([sys.executable, "hatch_build.py"], cwd=copy, capture_output=True, check=False).returncode == 0
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
