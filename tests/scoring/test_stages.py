"""What looks at arms by number or label refuses trials whose choices have arms of their own."""

from __future__ import annotations

import pytest

from twinbean.errors import DataError, SubjectError
from twinbean.play.scheduler import play_all
from twinbean.play.seating import seat_person, seat_simulated
from twinbean.runs.replaying import replay
from twinbean.runs.wide import wide_table
from twinbean.scoring.texts import text_of_play
from twinbean.sessions.questions import Answer
from twinbean.subjects.endpoint.prompting.situation import situations
from twinbean.subjects.learners import open_learner
from twinbean.tasks.task import load


@pytest.fixture(scope="module")
def played():
    (seating,) = seat_simulated(load("two_step"), "random", samples=1, seed=0, given={"trials": 6})
    (done,) = play_all([seating], open_learner("random"))
    return done


@pytest.mark.parametrize("ablation", ["rewards", "labels"])
def test_ablations_that_exchange_arms_refuse_stages(played, ablation):
    person = played.session.replace(source="human")
    (seating,) = seat_person(load("two_step"), person, "m", after=None, samples=1, seed=0, given=None)
    with pytest.raises(DataError, match=f"ablation '{ablation}' exchanges what belongs to arms"):
        text_of_play(seating, ablation, 0, False)
    assert text_of_play(seating, "instructions", 0, False).layout is not None


class Keeps:
    """Takes the first option, and remembers what it was asked."""

    name = "keeps"

    async def ask(self, question):
        self.place, self.situation = (question.stage, question.state), situations(question)[-1]
        return Answer(label=question.labels[0], raw=question.labels[0])


def test_the_memory_of_what_arms_paid_refuses_stages():
    subject = Keeps()
    play_all(seat_simulated(load("two_step"), "keeps", samples=1, seed=0, given={"trials": 3}), subject)
    assert subject.place in ((2, "red"), (2, "purple"))
    with pytest.raises(SubjectError, match="the memory 'summary' tells what each arm paid"):
        _ = subject.situation.summary


def test_the_wide_table_refuses_stages(tmp_path):
    replay("two_step", model="random", run=tmp_path / "run", parameters={"trials": 3})
    with pytest.raises(DataError, match="these trials have several choices each"):
        wide_table(tmp_path / "run")
