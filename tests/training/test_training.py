"""A training from its data to the model's folder, whole and interrupted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import twinbean
from choosers import person
from twinbean.errors import TrainingError
from twinbean.subjects.local import LanguageModel, load
from twinbean.training.adapter import copied, trained_weights, with_adapter
from twinbean.training.card import Card
from twinbean.training.corpus import Corpus
from twinbean.training.examples import examples_of
from twinbean.training.loop import Training
from twinbean.training.settings import Settings
from twinbean.training.training import train

PEOPLE = [person(number, diagnosis="ab"[number % 2]) for number in range(10)]
CORPUS = Corpus(sessions=PEOPLE)
# Two epochs of three steps, each of two batches; what is dropped shows whether random states are put back, too.
SETTINGS = Settings(rank=2, epochs=2, batch=2, batch_tokens=900, validations=2, dropout=0.2)


class Killed(BaseException):
    """As a signal would: nothing catches it."""


@pytest.fixture
def trained(tiny_folder: Path, tmp_path: Path) -> Callable[..., Card]:
    def run(name: str, *, killed_at: int | None = None, corpus: Corpus = CORPUS, **given: Any) -> Card:
        batches = 0

        def progress(step: int, n_steps: int, *, tokens: int, loss: float | None) -> None:
            nonlocal batches
            batches += 1
            if batches == killed_at:
                raise Killed

        options = {"settings": SETTINGS, "split": (6, 2, 2), "group": "diagnosis", "save_every": 0.0} | given
        folder = tmp_path / name
        return train(corpus, model=f"hf:{tiny_folder}", folder=folder, on_progress=progress, device="cpu", **options)

    return run


def weights(folder: Path) -> bytes:
    return (folder / "adapter_model.safetensors").read_bytes()


def test_a_training_that_is_killed_again_and_again_ends_at_the_same_weights_bit_for_bit(
    trained: Callable[..., Card], tmp_path: Path
) -> None:
    whole = trained("whole")
    # The first is killed before any step, one between the two batches of a step, one after it, one in the next epoch.
    for batch in (1, 5, 3, 4):
        with pytest.raises(Killed):
            trained("killed", killed_at=batch)
        assert not (tmp_path / "killed" / "adapter_config.json").exists()
    again = trained("killed")
    assert again == whole
    assert weights(tmp_path / "killed") == weights(tmp_path / "whole")
    assert not (tmp_path / "killed" / "checkpoint.pt").exists()
    assert [row["epoch"] for row in whole.history] == [0, 0, 0, 1, 1, 1]


def test_the_folder_is_a_model_like_any_other_and_predicts_what_its_card_says(
    trained: Callable[..., Card], tmp_path: Path
) -> None:
    card = trained("model", settings=replace(SETTINGS, learning_rate=0.05, dropout=0.0))
    tested = [one for one, _, side, _ in card.people if side == "test"]
    assert card.n_people == {"train": 6, "validation": 2, "test": 2}
    texts = CORPUS.texts(tested)
    scored = twinbean.score_texts([one.transcript for one in texts], model=f"hf:{tmp_path / 'model'}", device="cpu")
    means = [-sum(trial.logp for trial in one.trials) / len(one.trials) for one in scored]
    assert sum(means) / 2 == pytest.approx(card.test["trained"]["nll"], abs=1e-4)
    assert abs(card.test["trained"]["nll"] - card.test["base"]["nll"]) > 0.05
    played = twinbean.replay(
        "five_armed_buttons", model=f"hf:{tmp_path / 'model'}", device="cpu", parameters={"trials": 3}
    )
    assert played[0].source == f"hf:{tmp_path / 'model'}"
    assert "low-rank adapter" in (tmp_path / "model" / "README.md").read_text(encoding="utf-8")


def test_the_kept_weights_are_those_that_predict_the_validation_people_best(
    tiny: LanguageModel, tmp_path: Path
) -> None:
    model = with_adapter(tiny, SETTINGS)
    examples = examples_of(CORPUS.texts(["p000", "p001"]), tiny.encoder, tiny.context)
    losses, seen = iter([3.0, 2.0, 2.5, 2.0, 1.0]), []

    def validate() -> dict[str, float]:
        seen.append(copied(trained_weights(model.model)))
        return {"nll": next(losses)}

    options = replace(SETTINGS, epochs=9, patience=2, validations=1, learning_rate=0.01)
    training = Training(
        language_model=model, settings=options, examples=lambda epoch: examples, validate=validate,
        file=tmp_path / "checkpoint.pt", manifest="",
    )  # fmt: skip
    progress = training.run()
    # Two validations in a row were no better than the second; a fifth was not asked for.
    assert [row["validation"]["nll"] for row in progress.history] == [3.0, 2.0, 2.5, 2.0]
    for name, weight in trained_weights(model.model).items():
        assert torch.equal(weight, seen[1][name])
    assert any(not torch.equal(seen[1][name], seen[3][name]) for name in seen[1])


def test_a_training_whose_time_is_over_ends_with_what_it_has(trained: Callable[..., Card], tmp_path: Path) -> None:
    card = trained("model", minutes=0.0)
    assert [card.ended, len(card.history)] == ["time", 1]
    assert card.history[0]["validation"]["nll"] == card.validation
    assert "1 steps, " in (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "until its time was over" in card.words()


def test_another_training_in_the_same_folder_is_refused_and_a_finished_one_is_not_repeated(
    trained: Callable[..., Card], tmp_path: Path
) -> None:
    first = trained("model", settings=replace(SETTINGS, epochs=1))
    before = weights(tmp_path / "model")
    with pytest.raises(TrainingError, match="a training with rank 2, asked for is 4: name another folder"):
        trained("model", settings=replace(SETTINGS, epochs=1, rank=4))
    with pytest.raises(TrainingError, match="a training with another split"):
        trained("model", settings=replace(SETTINGS, epochs=1), split=(8, 1, 1))
    assert trained("model", settings=replace(SETTINGS, epochs=1), killed_at=1) == first
    assert weights(tmp_path / "model") == before


def test_people_are_told_other_letters_and_stories_in_every_epoch_and_the_same_ones_when_they_are_predicted() -> None:
    names = [one.participant for one in PEOPLE]
    epochs = [[text.transcript.text for text in CORPUS.texts(names, epoch=epoch)] for epoch in (0, 1)]
    assert all(one != other for one, other in zip(*epochs, strict=True))
    assert len({text.splitlines()[0] for texts in epochs for text in texts}) > 10
    assert CORPUS.texts(names) == Corpus(sessions=PEOPLE).texts(names)
    for text, one in zip(CORPUS.texts(names, epoch=1), PEOPLE, strict=True):
        chosen = [text.transcript.text[span.start : span.end] for span in text.transcript.spans]
        letters = dict(zip((trial.choice for trial in one.trials), chosen, strict=True))
        assert chosen == [letters[trial.choice] for trial in one.trials]


def test_an_adapter_names_a_base_that_another_machine_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from twinbean.subjects.local import engines

    torch.set_num_threads(1)
    from tiny_models import write_tiny_model

    base = write_tiny_model(tmp_path / "cache" / "smollm2")
    monkeypatch.setattr("twinbean.subjects.local.loading.fetch_smollm2", lambda: base)
    monkeypatch.setattr(engines, "fetch_smollm2", lambda: base)
    train(CORPUS, model="smollm2", folder=tmp_path / "model", settings=replace(SETTINGS, epochs=1), device="cpu")
    for name in ("adapter_config.json", "card.json", "README.md"):
        assert str(tmp_path) not in (tmp_path / "model" / name).read_text(encoding="utf-8")
    named = json.loads((tmp_path / "model" / "adapter_config.json").read_text(encoding="utf-8"))
    assert named["base_model_name_or_path"] == "smollm2"
    assert load(f"hf:{tmp_path / 'model'}", device="cpu").description["adapter_of"] == "smollm2"
