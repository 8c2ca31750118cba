"""Cognitive models written outside Twinbean: a value rule and a choice rule as functions, compiled where they are
fitted and run as they are where they play."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from twinbean.cognitive import ruleset, screen
from twinbean.cognitive.choice_rules import softmax
from twinbean.cognitive.described import SORTS
from twinbean.cognitive.missed import unmoved
from twinbean.cognitive.parameters import INVERSE_TEMPERATURES, Numbers, Parameter
from twinbean.errors import TwinbeanError

if TYPE_CHECKING:
    from twinbean.cognitive import compiled

# Columns that every table of fits has, so that no parameter can have their names.
COLUMNS = (
    *("participant", "source", "model", "nll", "n_choices", "mean_nll", "n_parameters", "aic", "bic", "at_bound"),
    "bound_cost",
)


# How many arms the rules of a model of two steps have: two options, and two in each of the two states behind them.
TWO_STEPS, ARMS_OF_TWO_STEPS = 2, 6


class Fittable(Protocol):
    """What fits, simulations and learners ask of a cognitive model, whoever wrote it."""

    @property
    def name(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def open(self) -> tuple[Parameter, ...]:
        """The parameters that every task has."""
        ...

    @property
    def needs(self) -> str:
        """What a trial must be a choice among: "arms", "lotteries", "delays", another sort of options
        (`described.SORTS`), or "" for any options whatsoever."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """The attributes of options that its rules find in their state."""
        ...

    @property
    def learns(self) -> bool:
        """Whether rewards change what the model does."""
        ...

    @property
    def stages(self) -> int | None:
        """Of how many choices a trial it is a model; None where every choice is like any other to it."""
        ...

    @property
    def tells_wins(self) -> bool:
        """Whether it asks if a reward was a win."""
        ...

    @property
    def needs_unit_payoffs(self) -> bool:
        """Whether it can learn from scaled payoffs between 0 and 1 alone."""
        ...

    @property
    def rules(self) -> ruleset.Rules:
        """begin, observe, log_probabilities and miss, as Python runs them."""
        ...

    @property
    def loops(self) -> compiled.Loops:
        """The same, compiled, in loops over trials."""
        ...

    def parameters(self, n_arms: int) -> tuple[Parameter, ...]:
        """The parameters for a task with `n_arms` arms."""
        ...

    def bounded(self, beta: float) -> Fittable:
        """The model with `beta` as the upper bound of its inverse temperatures."""
        ...

    def settings(self, values: Numbers, n_arms: int) -> Numbers:
        """What its rules take as settings, a row for each row of parameter values (..., n_parameters)."""
        ...

    def state(self, n_arms: int) -> Any:
        """Room for what its rules keep between trials."""
        ...

    def row(self, values: list[Any]) -> Any:
        """A number an arm, as Python's rules take them."""
        ...

    def scores(self, settings: Sequence[float]) -> bool:
        """Whether every arm on offer always has a chance."""
        ...


def zeros(state: Any, parameters: Any) -> None:
    """A block begins with nothing known: everything is 0 already."""


@dataclass(frozen=True, kw_only=True)
class CognitiveModel:
    """A model of choices among arms, given by functions that numba can compile (loops over numbers, `math`).

    `state` has shape (cells, n_arms), `cells` being a number or a function of the number of arms, and is 0 where a
    block begins; `begin(state, parameters)` writes what is not. `observe(state, parameters, choice, rewards)` learns
    from one trial: `rewards[k]` is the scaled payoff of arm k, nan where it was not seen. `utilities(state, parameters,
    out)` writes a number an arm, and `choice_rule(out, offered, parameters)` turns them into log-probabilities of the
    arms on offer. `parameters` hold the values of `free`, in its order. `miss(state)` is what a trial without a
    response changes. `about` is the formula, the meaning of the parameters and the source; `learns` is whether rewards
    matter.

    A model that `needs` another sort of options than arms `reads` attributes of them, by their names: before each trial
    row i of the state holds the i-th of them, a number an option, and what the model keeps stands behind.

    With `stages=2` it is a model of the two-step task, and has six arms whatever the screen shows: 0 and 1 are the
    first choice, 2 and 3 the options of one state, 4 and 5 those of the other, in an order that must not matter.

    Raises TwinbeanError for parameters that are none, sorts of options and attributes that are not known, and rules
    whose probabilities do not sum to 1.
    """

    name: str
    free: tuple[Parameter, ...]
    observe: Callable[..., None]
    utilities: Callable[..., None]
    choice_rule: Callable[..., None] = softmax
    begin: Callable[..., None] = zeros
    miss: Callable[..., None] = unmoved
    cells: int | Callable[[int], int] = 1
    about: str = ""
    learns: bool = True
    stages: int = 1
    needs: str = "arms"
    reads: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise TwinbeanError(f"a model is called {self.name!r}, expected letters, digits and underscores")
        names = [parameter.name for parameter in self.free]
        for parameter in self.free:
            if not parameter.name.isidentifier() or parameter.name in COLUMNS or names.count(parameter.name) > 1:
                raise TwinbeanError(
                    f"model {self.name!r} has a parameter {parameter.name!r}, expected a name of its own, as alpha"
                )
            if parameter.name.endswith("_beta"):
                raise TwinbeanError(
                    f"model {self.name!r} has a parameter {parameter.name!r}, and names that end in _beta are those of "
                    f"products of a learning rate and beta"
                )
            if not parameter.lower <= parameter.default <= parameter.upper or parameter.lower == parameter.upper:
                raise TwinbeanError(
                    f"model {self.name!r}: parameter {parameter.name!r} is from {parameter.lower:g} to "
                    f"{parameter.upper:g} with the default {parameter.default:g}, expected a default between two bounds"
                )
        cells, least = len(self.state(2)), max(1, len(self.reads))
        if cells < least:
            raise TwinbeanError(f"model {self.name!r} has {cells} cells an arm, expected at least {least}")
        if self.stages not in (1, TWO_STEPS):
            raise TwinbeanError(f"model {self.name!r} has {self.stages!r} stages, expected 1 or {TWO_STEPS}")
        self._check_options()
        for n_arms in (2, 3) if self.stages == 1 else (ARMS_OF_TWO_STEPS,):
            self._try(n_arms)

    def _check_options(self) -> None:
        if self.needs != "arms" and self.needs not in SORTS:
            sorts = ", ".join(["arms", *SORTS])
            raise TwinbeanError(f"model {self.name!r} needs {self.needs!r}, expected one of {sorts}")
        if self.needs != "arms" and self.stages != 1:
            raise TwinbeanError(f"model {self.name!r} needs {self.needs}, and of these no trial has several stages")
        known = SORTS[self.needs].attributes if self.needs in SORTS else ()
        for name in self.reads:
            if name not in known:
                has = f"have {', '.join(known)}" if known else "have no attributes"
                raise TwinbeanError(f"model {self.name!r} reads {name!r}, and {self.needs} {has}")

    @property
    def open(self) -> tuple[Parameter, ...]:
        return self.free

    @property
    def tells_wins(self) -> bool:
        return False

    @property
    def needs_unit_payoffs(self) -> bool:
        return False

    @cached_property
    def rules(self) -> ruleset.Rules:
        bound = ruleset.bound(*map(ruleset.in_python, self._own))
        return dataclasses.replace(bound, read=screen.read) if self.reads else bound

    @property
    def loops(self) -> compiled.Loops:
        from twinbean.cognitive import compiled

        try:
            return compiled.loops_of(*self._own, stages=self.stages, reads=bool(self.reads))
        except compiled.CannotCompile as error:
            raise TwinbeanError(f"model {self.name!r}: {error}") from error

    def parameters(self, n_arms: int) -> tuple[Parameter, ...]:
        return self.free

    def bounded(self, beta: float) -> CognitiveModel:
        return dataclasses.replace(self, free=bounded(self.free, beta))

    def settings(self, values: Numbers, n_arms: int) -> Numbers:
        return np.ascontiguousarray(values, dtype=float)

    def state(self, n_arms: int) -> NDArray[np.float64]:
        return np.zeros((self.cells(n_arms) if callable(self.cells) else max(self.cells, 0), n_arms))

    def row(self, values: list[Any]) -> NDArray[Any]:
        return np.array(values)

    def scores(self, settings: Sequence[float]) -> bool:
        return True

    @property
    def _own(self) -> tuple[ruleset.Rule, ruleset.Rule, ruleset.Rule, ruleset.Rule, ruleset.Rule]:
        return self.begin, self.observe, self.utilities, self.choice_rule, self.miss

    def _try(self, n_arms: int) -> None:
        """Play some trials: a rule that cannot run or gives no probabilities is refused before it is used."""
        settings = np.array([parameter.default for parameter in self.free], dtype=float)
        state, p = self.state(n_arms), np.empty(n_arms)
        try:
            self.rules.begin(state, settings, n_arms)
            for trial, offered in enumerate(([True] * n_arms, [True] + [False] * (n_arms - 1), [True] * n_arms)):
                self.rules.log_probabilities(state, settings, n_arms, np.array(offered), p)
                total = float(np.exp(p).sum())
                if not abs(total - 1) < 1e-9:
                    raise TwinbeanError(
                        f"model {self.name!r}: its probabilities sum to {total:g} at trial {trial} of {n_arms} arms, "
                        f"expected 1"
                    )
                rewards = np.full(n_arms, math.nan)
                rewards[0] = 0.5
                self.rules.observe(state, settings, n_arms, 0, rewards, math.nan)
            self.rules.miss(state)
        except TwinbeanError:
            raise
        except Exception as error:
            raise TwinbeanError(f"model {self.name!r}: its rules raised {type(error).__name__}: {error}") from error


def bounded(parameters: tuple[Parameter, ...], beta: float) -> tuple[Parameter, ...]:
    """The parameters with `beta` as the upper bound of inverse temperatures."""
    return tuple(
        dataclasses.replace(parameter, upper=beta) if parameter.name in INVERSE_TEMPERATURES else parameter
        for parameter in parameters
    )
