"""What a model is trained on, person by person: sessions, whose text is made anew in every epoch, and transcripts."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from twinbean import _json
from twinbean._random import generator
from twinbean.errors import TrainingError
from twinbean.play.scheduler import Failed
from twinbean.play.seating import seat_person
from twinbean.scoring.ablations import Ablation, ablate
from twinbean.scoring.layout import layout_of_lines
from twinbean.scoring.texts import text_of_play
from twinbean.sessions import Session
from twinbean.sessions.transcripts import Transcript
from twinbean.tasks.task import RECORDED, load
from twinbean.training.covers import COVERS
from twinbean.training.examples import Text, learned

# No epoch has this number: that of the text from which held-out people are predicted.
HELD_OUT = 2**31


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Sessions and transcripts of people, or of models. With `ablation`, their texts have lost what it takes."""

    sessions: Sequence[Session] = ()
    transcripts: Sequence[Transcript] = ()
    ablation: Ablation | None = None
    seed: int = 0

    @cached_property
    def people(self) -> dict[str, list[Session | Transcript]]:
        """Whose sessions they are. Participants of different experiments have the same numbers in Psych-101."""
        found: dict[str, list[Session | Transcript]] = {}
        for session in self.sessions:
            if session.n_choices:
                found.setdefault(session.participant, []).append(session)
        several = len({one.experiment for one in self.transcripts}) > 1 or bool(found and self.transcripts)
        for one in self.transcripts:
            name = f"{one.experiment}/{one.participant}" if several else one.participant
            found.setdefault(name, []).append(one)
        if not found:
            raise TrainingError("there is nothing to train on: the data hold no choice among arms")
        return found

    def groups(self, column: str | None) -> dict[str, str]:
        """What `column` says of each person; without one, all are of one group."""
        if column is None:
            return dict.fromkeys(self.people, "")
        found = {}
        for person, records in self.people.items():
            known = {str(one.participant_details.get(column)) for one in records if isinstance(one, Session)}
            if len(known) != 1 or known == {"None"}:
                has = " and ".join(sorted(known - {"None"})) or "nothing"
                raise TrainingError(f"{column} of participant {person!r} is {has}, expected one entry to group them by")
            found[person] = known.pop()
        return found

    def texts(self, people: Iterable[str], *, epoch: int = HELD_OUT) -> list[Text]:
        """The texts of `people`, in the order of the data; cover stories and letters are those of the epoch."""
        wanted = set(people)
        return [
            self._text(one, epoch) for person, records in self.people.items() if person in wanted for one in records
        ]

    @property
    def digest(self) -> str:
        """Of who made which choices for which payoffs."""
        return _json.digest([
            [[one.participant, one.session, [(trial.choice, trial.reward) for trial in one.trials]]
             for one in self.sessions],
            [[one.participant, one.session, one.text] for one in self.transcripts],
        ])  # fmt: skip

    def _text(self, one: Session | Transcript, epoch: int) -> Text:
        if isinstance(one, Session):
            return self._told(one, epoch)
        layout = None
        if self.ablation is not None:
            one, layout = ablate(one, layout_of_lines(one), self.ablation, seed=self.seed)
        return Text(transcript=one, layout=layout)

    def _told(self, person: Session, epoch: int) -> Text:
        """The session as a task of its own, under a cover story and letters drawn for this person and epoch."""
        draws = generator(self.seed, person.participant, sample=epoch, purpose=f"cover story of {person.session}")
        letters = tuple(str(letter) for letter in draws.permutation(list(string.ascii_uppercase)))
        cover = COVERS[0] if epoch == HELD_OUT else COVERS[int(draws.integers(len(COVERS)))]
        (seating,) = seat_person(
            load(RECORDED), _lettered(person, letters), person.source, after=None, samples=1, seed=self.seed,
            given={"instructions": cover},
        )  # fmt: skip
        read = text_of_play(seating, self.ablation, self.seed, False)
        if isinstance(read, Failed):
            raise TrainingError(f"session {person.session!r} of {person.participant!r}: {read.reason}")
        own = frozenset(trial.trial for trial in person.trials if person.is_own(trial))
        return Text(transcript=learned(read.played.transcript, own), layout=read.layout)


def _lettered(person: Session, letters: Sequence[str]) -> Session:
    """The choices and payoffs alone, under other labels: a screen's scores and places are not in what is told."""
    trials = []
    for trial in person.trials:
        labels = tuple(letters[: max(trial.n_arms, len(trial.labels))])
        label = None if trial.choice is None else labels[trial.choice]
        trials.append(replace(trial, labels=labels, label=label, score=None, position=None, best_arm=None, expected=()))
    kept: Mapping[str, object] = {"kept": dict(person.kept)} if person.kept else {}
    return person.replace(trials=tuple(trials), variant=None, details=kept)
