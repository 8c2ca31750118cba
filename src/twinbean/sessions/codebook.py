"""What every column of the tidy table and of the participants' table holds: the one place where that is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_TRUTH = {"true": "yes", "false": "no"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column in words, the unit of its entries where each is one number, and what they mean where they are few."""

    description: str
    units: str | None = None
    levels: Mapping[str, str] = field(default_factory=dict)


TRIALS: Mapping[str, Column] = {
    "participant": Column(description="The participant, under a pseudonym; of a model's session, whom it continues"),
    "session": Column(description="One pass of one participant through the task"),
    "task": Column(description="The name of the task"),
    "source": Column(description='Who played: "human", or the name of a model'),
    "sample": Column(description="Which of several sessions of a model for the same participant, from 0"),
    "block": Column(description="The block within the session, from 0"),
    "phase": Column(description='The phase of the session; measures count the trials of "main"'),
    "trial": Column(description="The trial within the session, from 0; forced and missed ones are counted, too"),
    "stage": Column(description="Of a trial with several choices, which of them, from 1"),
    "state": Column(description="Where the earlier choices of the trial led"),
    "transition": Column(
        description="How likely it was to be led there",
        levels={"common": "the more likely transition", "rare": "a less likely transition"},
    ),
    "choice": Column(description="The chosen arm or option, from 0; empty where the trial was missed"),
    "label": Column(description="What the participant read on the chosen arm"),
    "reward": Column(description="What the choice paid", units="points"),
    "shown_score": Column(description="The score that the participant saw after the trial", units="points"),
    "main_score": Column(description="What the trials of the main phase have paid until then", units="points"),
    "rt_ms": Column(description="Time from the screen's onset to the response", units="ms"),
    "origin": Column(
        description="Who responded",
        levels={"recorded": "the person whose record this is", "subject": "whoever is named by source, in a replay"},
    ),
    "outcomes": Column(
        description="What each arm paid at this trial, in points, as a JSON list; null where it is not known"
    ),
    "offered": Column(description="The arms that could be chosen, as a JSON list of their numbers"),
    "position": Column(description="The place of the chosen arm on the screen, in reading order from 0"),
    "labels": Column(description="What the participant read on each arm, as a JSON list"),
    "best_arm": Column(description="The arm that pays most in expectation at this trial, from 0"),
    "expected": Column(description="What each arm pays in expectation, in points, as a JSON list"),
    "variant": Column(description="Which of the drawn sets of payoffs, labels and places the session had"),
    "wording": Column(description="How a model reads a trial"),
    "feedback": Column(
        description="Which payoffs the participant was shown",
        levels={"none": "none", "chosen": "that of the chosen arm", "all": "those of all arms"},
    ),
    "forced": Column(description="Whether a single arm was offered, so that there was no choice", levels=_TRUTH),
    "missed": Column(description="Whether no response came in time", levels=_TRUTH),
    "logp": Column(
        description="Log-probability of the chosen label for the model, in its whole vocabulary", units="nats"
    ),
    "logp_legal": Column(description="The same, renormalised over the labels that could be chosen", units="nats"),
    "legal_mass": Column(description="The probability of all labels together that could be chosen"),
    "p": Column(description="The probability of each arm for the model, as a JSON list; null where it was not offered"),
    "raw": Column(description="What the model answered, word for word"),
    "attributes": Column(
        description="Where options are no arms: what each of them is, as a JSON list of objects, names with numbers"
    ),
    "details": Column(
        description="What else the record holds, the same in all rows of a session, as a JSON object: seed and "
        "parameters of the payoffs, places of the arms, responses to screens that are no choices, what is known of the "
        "participant"
    ),
}

PARTICIPANTS: Mapping[str, Column] = {
    "started": Column(description="When the session was started, in ISO 8601 and UTC"),
    "finished": Column(description="When it was finished, in ISO 8601 and UTC; empty for who left before the end"),
    "consented": Column(description="When consent was given, in ISO 8601 and UTC"),
    "resumed": Column(description="How often the page was gone on with", units="times"),
    "focus_losses": Column(description="How often its window lost the focus", units="times"),
    "untrusted": Column(description="On how many screens the last click or key was a script's", units="screens"),
    "typed": Column(description="How many characters were typed into fields of text", units="characters"),
    "pasted": Column(description="How many characters were pasted into fields of text", units="characters"),
    "page_language": Column(description="The language of the page that was read, as its tag"),
    "attention_failed": Column(description="How many attention checks were answered otherwise", units="checks"),
    "device": Column(description="Browser, language, screen and so on, as a JSON object"),
    "excluded": Column(description="Why the task leaves the participant out"),
    "condition": Column(description="The condition that the participant was given"),
    "order": Column(description="The order in which the participant played the parts of the task"),
    "outcome": Column(
        description="How the session ended; empty while it is under way",
        levels={
            "done": "played to its end",
            "screened_out": "ended by a quiz",
            "failed_check": "excluded by a rule of the study, or by a quiz",
        },
    ),
    "flags": Column(description="What a researcher should know of the session before counting it"),
}


def quiz_column(name: str) -> Column | None:
    """What the participants' table says of a quiz; None for a name of another sort."""
    quiz, _, what = name.rpartition("_")
    if not quiz or what not in ("attempts", "passed"):
        return None
    if what == "attempts":
        return Column(description=f"How often the quiz {quiz!r} was tried", units="times")
    return Column(description=f"Whether the last attempt at the quiz {quiz!r} was right", levels=_TRUTH)
