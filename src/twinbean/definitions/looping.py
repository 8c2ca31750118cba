"""SweetBean's experiment with loops and resets, which its own `run_on_language` does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sweetbean import Block, Experiment
from sweetbean.experiment import run_stimuli
from sweetbean.stimulus.Stimulus import _parse_variable

from twinbean.definitions.structure import DefinedLoop
from twinbean.sessions.quizzes import SCREEN_OUT


class LoopingExperiment(Experiment):  # type: ignore[misc]
    """Plays SweetBean's stimuli as SweetBean does, and its blocks again while their loop says so.

    `shared` says where shared variables start, as the page has it: a tuple is a list there. `resets` has for each block
    the shared variables that start anew before it, with their starts.
    """

    def __init__(
        self,
        blocks: Sequence[Block],
        loops: Iterable[DefinedLoop],
        *,
        shared: Mapping[str, Any],
        resets: Sequence[Mapping[str, Any]],
    ) -> None:
        super().__init__(blocks)
        self._starts = shared
        self._loops = {loop.first: loop for loop in loops}
        self._resets = resets

    def run_on_language(
        self,
        get_input: Callable[[str], Any] = input,
        multi_turn: bool = False,
        preamble: str = "",
        data: Any = None,
    ) -> tuple[list[dict[str, Any]], list[str]]:
        rows: list[dict[str, Any]] = []
        prompts: list[str] = []
        shared = dict(self._starts)
        for blocks, loop, anew in self._parts():
            shared |= anew
            for _ in range(loop.most if loop else 1):
                for block in blocks:
                    for element in block.timeline or [{}]:
                        rows, prompts, shared, _ = run_stimuli(
                            block.stimuli, element, rows, shared, prompts, get_input, multi_turn, 0, None, preamble
                        )
                if loop and _parse_variable(loop.until, {}, rows, shared):
                    break
            else:
                if loop and loop.otherwise == SCREEN_OUT:
                    break
        return rows, prompts

    def _parts(self) -> Iterator[tuple[Sequence[Block], DefinedLoop | None, dict[str, Any]]]:
        """The blocks that are played together, how often, and what starts anew before them."""
        number = 0
        while number < len(self.blocks):
            loop = self._loops.get(number)
            end = number + 1 if loop is None else loop.last + 1
            anew = {name: start for resets in self._resets[number:end] for name, start in resets.items()}
            yield self.blocks[number:end], loop, anew
            number = end
