"""Comparisons of choices among options that are no arms: what needs arms says so, the rest is counted by hand."""

from __future__ import annotations

import pytest

from twinbean.comparison import compare, fit_models
from twinbean.comparison.measures import MEASURES
from twinbean.report import write_report
from twinbean.sessions import Session, Trial

SAFE = {"x1": 40, "p1": 1}
RISKY = {"x1": 100, "p1": 0.5}
MIXED = {"x1": 100, "p1": 0.5, "x2": -90, "p2": 0.5}
# Which option is the risky one, which was chosen, and what it paid.
TRIALS = [((SAFE, RISKY), 1, 100), ((RISKY, SAFE), 1, 40), ((MIXED, RISKY), 0, -90), ((SAFE, SAFE), 0, 40)]


def session(participant, *, source="human", chosen=(1, 1, 0, 0)):
    origin = "recorded" if source == "human" else "subject"
    seen = {"labels": ("F", "J"), "offered": (0, 1), "origin": origin}
    trials = tuple(
        Trial(trial=t, choice=arm, attributes=options, label="FJ"[arm], reward=paid, **seen)
        for t, ((options, _, paid), arm) in enumerate(zip(TRIALS, chosen, strict=True))
    )
    return Session(participant=participant, session=participant, task="t", source=source, trials=trials)


@pytest.fixture(scope="module")
def comparison():
    people = [session(f"p{number}") for number in range(3)]
    model = [session(f"p{number}", source="m", chosen=(0, 1, 0, 1)) for number in range(3)]
    return compare(people, model)


def test_what_needs_arms_is_empty_and_a_sentence_says_so(comparison):
    people = comparison.groups[comparison.groups["source"] == "human"].set_index("measure")["mean"]
    needing = [one.name for one in MEASURES if one.needs == "arms"]
    assert people[needing].isna().all()
    (sentence,) = [warning for warning in comparison.warnings if "are no arms" in warning]
    assert all(name in sentence for name in ("regret", "best_share", "switch_rate", "choice_entropy", "greedy_frac"))
    assert "score" not in sentence.replace("best_share", "")


def test_the_rest_is_counted(comparison):
    people = comparison.groups[comparison.groups["source"] == "human"].set_index("measure")["mean"]
    assert people["score"] == 100 + 40 - 90 + 40
    # At three of four one option varies more; it was taken at the first and the third.
    assert people["risky_share"] == pytest.approx(2 / 3)
    model = comparison.groups[comparison.groups["source"] == "m"].set_index("measure")["mean"]
    assert model["risky_share"] == pytest.approx(1 / 3)
    assert comparison.agreement["agreement"].mean() == pytest.approx(2 / 4)


def test_choices_among_arms_have_no_share_of_risky_ones():
    arms = Session(
        participant="p",
        session="p",
        task="t",
        trials=tuple(Trial(trial=t, choice=t % 2, outcomes=(0, 1), reward=t % 2) for t in range(4)),
    )
    comparison = compare([arms])
    assert "risky_share" not in set(comparison.groups["measure"])
    assert not any("are no arms" in warning for warning in comparison.warnings)


def test_a_session_with_both_is_no_course_of_arms():
    both = session("p")
    arm = Trial(trial=4, choice=1, outcomes=(0, 1), expected=(0, 1), reward=1, labels=("F", "J"))
    comparison = compare([both.replace(trials=(*both.trials, arm))])
    people = comparison.groups.set_index("measure")["mean"]
    assert people[["regret", "best_share", "switch_rate"]].isna().all()


def test_options_that_are_neither_arms_nor_lotteries_are_compared_without_models():
    goods = tuple(
        Trial(trial=t, choice=0, attributes=({"price": 1}, {"price": 2}), labels=("F", "J"), offered=(0, 1))
        for t in range(3)
    )
    people = [Session(participant="p", session="p", task="t", trials=goods)]
    assert fit_models(people) is None
    assert set(compare(people).groups.dropna(subset="mean")["measure"]) <= {"label_bias"}


def test_a_report_of_lotteries_is_written_with_models_of_lotteries(comparison, tmp_path):
    people = [session(f"p{number}") for number in range(6)]
    fits = fit_models(people)
    assert set(fits.in_sample["model"]) == {"ev", "eu", "eu_loss"}
    write_report(compare(people, fits=fits), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Share of risky choices" in page
    assert not list((tmp_path / "figures").glob("arms_*"))
