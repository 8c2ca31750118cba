"""From people's sessions to a model's folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from twinbean.errors import TrainingError
from twinbean.scoring.windows import Window
from twinbean.subjects.local.language_model import LanguageModel
from twinbean.subjects.local.loading import load
from twinbean.subjects.local.smollm2 import SMOLLM2
from twinbean.training.adapter import with_adapter, write_adapter
from twinbean.training.card import Card
from twinbean.training.corpus import Corpus
from twinbean.training.examples import examples_of
from twinbean.training.folder import ModelFolder
from twinbean.training.leaks import check_leaks
from twinbean.training.loop import SAVE_EVERY, Training, Watch, unwatched
from twinbean.training.prediction import means, predictions
from twinbean.training.settings import Settings
from twinbean.training.splits import RATIO, Split, split_people


def train(
    corpus: Corpus,
    *,
    model: str | LanguageModel,
    folder: str | Path,
    settings: Settings | None = None,
    split: Split | Sequence[float] = RATIO,
    group: str | None = None,
    window: Window = None,
    tested: Corpus | None = None,
    data: str = "",
    licence: str = "",
    on_progress: Watch = unwatched,
    with_base: bool = True,
    minutes: float | None = None,
    save_every: float = SAVE_EVERY,
    **model_options: Any,
) -> Card:
    """Train an adapter of `model` on the people of one side of `split`, and write it with its card into `folder`.

    `split` are shares of train, validation and test, alike in each entry of the column `group`, or a ready Split.
    Validation people, if any, decide which weights are kept; test people are predicted once, when the card with all
    settings is on disk, by the trained model and, `with_base`, by its base, from the texts of `tested`, where they are
    others than those of `corpus`. With `window` "block", each block is a text of its own. After `minutes` the training
    ends with what it has. `data` and `licence` are for the card.

    A training that was stopped goes on where it stopped. The options are those of `twinbean.subjects.local.load`.
    Raises TrainingError, also where one person's choices are on two sides.
    """
    options = settings or Settings()
    groups = corpus.groups(group)
    people = split if isinstance(split, Split) else split_people(groups, ratio=split, seed=options.seed)
    if unknown := people.sides.keys() - corpus.people.keys():
        raise TrainingError(f"participant {min(unknown)!r} is in the split, and not in the data")
    check_leaks(corpus.people, people)
    place = ModelFolder(Path(folder))
    place.check()
    base = model if isinstance(model, LanguageModel) else load(model, **model_options)
    options = options.for_model(base.model.num_parameters())
    card = Card(
        base=base_name(base),
        base_description=dict(base.description),
        data=data,
        licence=licence,
        digest=corpus.digest,
        people=[[one, groups[one], side, len(corpus.people[one])] for one, side in sorted(people.sides.items())],
        group=group,
        window=window,
        ablation=corpus.ablation,
        settings=options.described(),
    )
    finished = place.begin(card)
    if finished is not None:
        return finished
    trained = with_adapter(base, options)
    validated = corpus.texts(people.validation)
    training = Training(
        language_model=trained,
        settings=options,
        examples=lambda epoch: examples_of(
            corpus.texts(people.train, epoch=epoch), base.encoder, base.context, window=window
        ),
        validate=(lambda: means(predictions(trained, validated, window=window))) if validated else None,
        file=place.checkpoint,
        manifest=card.identity,
        on_progress=on_progress,
        minutes=minutes,
        save_every=save_every,
    )
    progress = training.run()
    card = replace(card, history=progress.history, validation=progress.best_loss, ended=progress.ended)
    place.settle(card)
    texts = (tested or corpus).texts(people.test)
    if texts:
        found = {}
        if with_base:
            with trained.model.disable_adapter():
                found["base"] = predictions(trained, texts, window=window)
        found["trained"] = predictions(trained, texts, window=window)
        place.write_predictions(found)
        card = replace(card, test={name: means(one) for name, one in found.items()})
    write_adapter(trained.model, place.folder, base=card.base)
    return place.finish(card)


def base_name(language_model: LanguageModel) -> str:
    """The name under which an adapter's base is found on another machine, too: never a folder of a cache."""
    if language_model.name == SMOLLM2:
        return SMOLLM2
    place = language_model.description["model"]
    return str(Path(place).resolve()) if Path(place).is_dir() else str(place)
