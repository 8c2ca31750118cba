"""What no words could tell as people see it: SweetBean's random objects, Gabor patches and foraging. People only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from sweetbean.stimulus import Foraging, Gabor, RandomDotPatterns, RandomObjectKinematogram

from twinbean.definitions.kinds.keyed import KeyedKind
from twinbean.definitions.kinds.kind import Arguments, Given, Kind, Timeline
from twinbean.definitions.markup import words_of
from twinbean.definitions.variables import timeline_lists, variables_in
from twinbean.errors import EmissionError
from twinbean.sessions.responses import PEOPLE_ONLY

# Built of static/src/patterns, and in a page whose task shows one of them.
SCRIPT = "patterns.js"


class _PatternKind(Kind):
    """A row says that only people are asked, so that no reader of data takes a model to have been."""

    people_only = True
    script = SCRIPT

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        return super().read(stimulus, where) | {PEOPLE_ONLY: True}

    def notes(self, arguments: Arguments, where: str) -> Iterator[str]:
        yield f"{where}: no words could tell a model what people see, and a replay skips it"


class RandomObjectsKind(_PatternKind, KeyedKind):
    name = "RandomObjects"
    stimuli = (RandomObjectKinematogram, RandomDotPatterns)
    # Of these there may be one value for each field.
    by_field: ClassVar[tuple[str, ...]] = (
        "number_of_oobs",
        "stimulus_type",
        "oob_color",
        "aperture_position_left",
        "aperture_position_top",
        "coherent_movement_direction",
        "coherent_orientation",
        "coherence_movement",
        "coherence_orientation",
        "movement_speed",
    )
    arguments = ("number_of_apertures", "background_color", *by_field, *KeyedKind.arguments)

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        super().check(stimulus, arguments, where)
        fields = arguments["number_of_apertures"]
        if type(fields) is not int or fields < 1:
            raise EmissionError(f"{where} has number_of_apertures {fields!r}, expected a whole number from 1 on")
        for name in self.by_field:
            values = arguments[name] if isinstance(arguments[name], list) else [arguments[name]]
            if isinstance(arguments[name], list) and len(values) != fields:
                raise EmissionError(f"{where} has {len(values)} values as {name}, expected one for each of {fields}")
            for value in values:
                _check_value(name, value, where)


def _check_value(name: str, value: Any, where: str) -> None:
    if any(variables_in(value)):
        return
    if name == "oob_color":
        fits = isinstance(value, str)
    elif name == "stimulus_type":
        fits = type(value) is int and value in (0, 1, 2)
    else:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    if not fits:
        raise EmissionError(
            f"{where} has {name} {value!r}, expected "
            + {"oob_color": "a CSS colour", "stimulus_type": "0 (triangles), 1 (circles) or 2 (squares)"}.get(
                name, "a number"
            )
        )


class GaborKind(_PatternKind, KeyedKind):
    name = "Gabor"
    stimuli = (Gabor,)
    arguments = (
        "patches",
        "canvas_width",
        "canvas_height",
        "bg_gray",
        "px_per_deg",
        "gamma",
        "allow_mouse",
        "keymap_to_patch_index",
        "end_on_response",
        *KeyedKind.arguments,
    )
    responses = frozenset({"response", "chosen_patch"})

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        given = dict(stimulus.arg)
        times = [given[name] for name in ("timeout_ms", "duration", "trial_duration") if given[name] is not None]
        given |= {"choices": given["response_keys"], "correct_key": "", "duration": times[0] if times else None}
        return super().read(Given(given), where)

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        super().check(stimulus, arguments, where)
        if arguments["patches"] == []:
            raise EmissionError(f"{where} has no patches")
        if not arguments["end_on_response"] and not self.timed(arguments):
            raise EmissionError(f"{where} does not end at its response and has no duration, so it would never end")

    def check_timeline(self, arguments: Arguments, timeline: Timeline, where: str) -> None:
        for patch in _each(arguments["patches"], timeline):
            if not isinstance(patch, dict):
                raise EmissionError(f"{where} has the patch {patch!r}, expected a dict")
            if patch.keys() & {"sigma_deg", "sf_cpd"} and arguments["px_per_deg"] is None:
                raise EmissionError(f"{where} has patches in degrees: give px_per_deg")
            if not (patch.keys() & {"sigma_px", "sigma_deg"} and patch.keys() & {"sf_cpp", "sf_cpd"}):
                raise EmissionError(f"{where} has the patch {patch!r}, expected a sigma and a spatial frequency")


class ForagingKind(_PatternKind):
    name = "Foraging"
    stimuli = (Foraging,)
    arguments = (
        "targets",
        "distractors",
        "position_mode",
        "grid_cols",
        "grid_rows",
        "ring_radius_vmin",
        "randomize_positions",
        "arena_size_vmin",
        "placement_inset_vmin",
        "min_gap_vmin",
        "background",
        "color",
        "token_box_size",
        "end_when_found",
        "response_ends_trial",
        "seed",
        "show_star_feedback",
        "star_color",
        "duration",
    )
    responses = frozenset({"response", "n_found", "all_found"})

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        given = dict(stimulus.arg)
        if given["duration"] is None:
            given["duration"] = given["trial_duration"]
        return super().read(Given(given), where)

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        if arguments["duration"] is None and not (arguments["end_when_found"] or arguments["response_ends_trial"]):
            raise EmissionError(f"{where} has neither a duration nor an end: the page would never go on")
        if not str(arguments["token_box_size"]).endswith("vmin"):
            raise EmissionError(
                f"{where} has token_box_size {arguments['token_box_size']!r}, expected such as '12vmin'"
            )
        if arguments["targets"] == [] and arguments["duration"] is None:
            raise EmissionError(f"{where} has no targets and no duration: the page would never go on")

    def check_timeline(self, arguments: Arguments, timeline: Timeline, where: str) -> None:
        for sort in ("targets", "distractors"):
            for number, item in enumerate(_each(arguments[sort], timeline)):
                _check_item(item, f"{where}, {sort} {number}")

    def files(self, arguments: Arguments, timeline: Timeline, where: str) -> Iterator[tuple[str, str]]:
        for item in (*_each(arguments["targets"], timeline), *_each(arguments["distractors"], timeline)):
            if "src" in item:
                yield "image", str(item["src"])


def _each(given: Any, timeline: Timeline) -> Iterator[Any]:
    """What is in a list of things, at every element of the timeline; nothing where a function makes it."""
    for found in timeline_lists(given, timeline):
        yield from found if isinstance(found, list) else ()


def _check_item(item: Any, where: str) -> None:
    shown = {"html", "text", "shape", "src"} & (item.keys() if isinstance(item, dict) else set())
    if len(shown) != 1:
        raise EmissionError(f"{where} is {item!r}, expected one of 'html', 'text', 'shape' and 'src'")
    if "shape" in shown and item["shape"] not in ("circle", "square", "triangle") and not any(variables_in(item)):
        raise EmissionError(f"{where} has the shape {item['shape']!r}, expected circle, square or triangle")
    if isinstance(item.get("html"), str):
        words_of(item["html"], where)
