"""docs/cognitive-models.md has every model, with the parameters, bounds and priors that the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twinbean.cognitive import Beta, Gamma, Normal, model
from twinbean.cognitive.catalogue import OWN
from twinbean.cognitive.described import SORTS
from twinbean.cognitive.stages import OF_TWO_STEPS

DOCS = Path(__file__).parents[2] / "docs" / "cognitive-models.md"
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*)$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE))


OF_ATTRIBUTES = [name for sort in SORTS.values() for name in sort.models]
# A row that says "and" adds to that of another model.
INHERITS = {"pavlovian": "go_bias", "bayesian_target": "target", "linear_ucb": "blind_ucb"}
DESCRIBED = {**OWN, **{name: model(name) for name in (*OF_ATTRIBUTES, "gp_ucb")}}


def prior(parameter):
    match parameter.prior:
        case Beta(a, b):
            return f"Beta({a:g}, {b:g})"
        case Gamma(shape, scale):
            return f"Gamma({shape:g}, {scale:g})"
        case Normal(mean, sd):
            return f"N({mean:g}, {sd:g})"


def test_every_model_is_described():
    assert list(ROWS) == [*OWN, *OF_TWO_STEPS, *OF_ATTRIBUTES, "gp_ucb"]


def test_the_bounds_and_priors_of_two_steps_are_those_of_the_code():
    _, _, text = DOCS.read_text(encoding="utf-8").partition("## Two steps")
    text = " ".join(text.partition("\n## ")[0].split())
    for parameter in model("hybrid").parameters(6):
        bounds = f"from {parameter.lower:g} to {parameter.upper:g} with prior {prior(parameter)}".replace("-", "−")
        assert re.search(rf"`{parameter.name}`(?:,? (?:and )?`\w+`)* (?:are )?{re.escape(bounds)}", text), (
            parameter.name
        )


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_models_parameters_are_those_of_the_code(name):
    inherited = {parameter.name for parameter in DESCRIBED[INHERITS[name]].open} if name in INHERITS else set()
    for parameter in DESCRIBED[name].parameters(2):
        written = "bias_k" if parameter.name == "bias_1" else parameter.name
        assert f"`{written}`" in ROWS[name] or parameter.name in inherited


def test_bounds_and_priors_are_those_of_the_code():
    """Each parameter's are written once, where it first appears."""
    text = "".join(ROWS.values())
    for name, one in DESCRIBED.items():
        for parameter in one.parameters(2):
            written = "bias_k" if parameter.name == "bias_1" else parameter.name
            bounds = f"{parameter.lower:g} to {parameter.upper:g}".replace("-", "−")
            found = re.search(rf"`{written}`(?:, `\w+`)? {bounds}, {re.escape(prior(parameter))}", text)
            assert found, (name, written, bounds, prior(parameter))


def test_tables_of_recovery_have_a_row_for_each_parameter_that_the_benchmark_recovers(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS.parents[1] / "bench"))
    from recovery import TASKS

    _, _, text = DOCS.read_text(encoding="utf-8").partition("## Recovery")
    rows = re.findall(r"^\| (\w+(?:, losses)?: \w+) \|(?: −?\d?\.\d\d \|){4}$", text, re.MULTILINE)
    assert rows == [label for task in TASKS for label in task.rows().values()]
    for task in TASKS:
        named, settings = task.command.partition(" --set ")[::2]
        assert f"`{named}`" in text
        assert not settings or f"--set {settings}`" in text
