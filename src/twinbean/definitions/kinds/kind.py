"""What Twinbean must know of a kind of stimulus, so that people and models play it alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.values import normalise

Arguments = Mapping[str, Any]
Timeline = Sequence[Mapping[str, Any]]


class Given:
    """A stimulus with other arguments than its class keeps, for `Kind.read`."""

    def __init__(self, arguments: Arguments) -> None:
        self.arg = arguments


class Kind:
    """One kind of stimulus. A subclass stands in a file of its own, and its page's side in `static/src/kinds/`; that of
    a kind from another package in `script`, a file of JavaScript in that package.

    `stimuli` are the SweetBean classes that it plays, `arguments` what of them the page is given and the row records,
    `responses` what the row records besides. A kind that is `people_only` is shown on the page and skipped by a replay,
    whose row has None for each response.
    """

    name: ClassVar[str]
    stimuli: ClassVar[tuple[type, ...]]
    arguments: ClassVar[tuple[str, ...]]
    responses: ClassVar[frozenset[str]]
    is_trial: ClassVar[bool] = False
    people_only: ClassVar[bool] = False
    script: ClassVar[str | None] = None

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        """The arguments of a stimulus, normalised. Raises EmissionError for what JSON cannot carry."""
        return {name: normalise(stimulus.arg.get(name), f"{where}, {name}") for name in self.arguments}

    def beside(self, arguments: dict[str, Any], folder: Path, where: str) -> dict[str, Any]:
        """The arguments with what lies beside the task's file, in `folder`. Raises EmissionError."""
        return arguments

    def files(self, arguments: Arguments, timeline: Timeline, where: str) -> Iterator[tuple[str, str]]:
        """The files that the page may show, each as "image" or "video" and its name. Raises EmissionError."""
        return iter(())

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        """Raise EmissionError, naming `where`, for arguments that the page and the replay could not do alike."""

    def check_timeline(self, arguments: Arguments, timeline: Timeline, where: str) -> None:
        """Raise EmissionError for what an element of the timeline would make of the arguments."""

    def check_payoffs(self, arguments: Arguments, timeline: Timeline, where: str, *, unknown: bool) -> None:
        """Raise EmissionError for arms that pay no numbers; None is let pass where a payoff may be `unknown`."""

    def notes(self, arguments: Arguments, where: str) -> Iterator[str]:
        """What an author may not expect of the page, a sentence each."""
        return iter(())

    def answer_names(self, arguments: Arguments) -> Iterator[str]:
        """Under which names of the participants' table its answers stand."""
        return iter(())

    def untold(self, stimulus: Any, arguments: Arguments) -> Iterator[str]:
        """What the page shows and the words for a model leave out."""
        return iter([f"{self.name} screens"] if self.people_only else ())

    def wording(self, stimulus: Any) -> str | None:
        """The name of the wording that this stimulus asks for, if it asks for one."""
        return None

    def n_arms(self, arguments: Arguments, timeline: Timeline) -> int:
        """The most arms that a trial shows; 0 where only a function knows, and for what is no trial."""
        return 0

    def draws_labels(self, arguments: Arguments) -> bool:
        """Whether what stands on the arms is drawn for each participant."""
        return False

    def draws_places(self, arguments: Arguments) -> bool:
        """Whether each participant of a page has the arms in places of their own."""
        return False

    def stated_labels(self, arguments: Arguments, timeline: Timeline) -> Iterator[tuple[str, ...]]:
        """What the definition puts on the arms at each element of the timeline; empty where it leaves that open."""
        return iter(())

    def play(self, stimulus: Any, arguments: dict[str, Any], stage: Stage, where: str) -> dict[str, Any]:
        """The row of one screen, whose arguments have been evaluated."""
        raise NotImplementedError

    def row(self, stimulus: Any, arguments: dict[str, Any], stage: Stage, where: str) -> dict[str, Any]:
        """As `play`; what models are not asked is skipped."""
        if self.people_only:
            return arguments | dict.fromkeys(self.responses)
        return self.play(stimulus, arguments, stage, where)
