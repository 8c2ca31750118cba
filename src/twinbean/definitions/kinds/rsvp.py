"""SweetBean's RSVP and BilateralRSVP: items one after the other, in one stream or several, which a model reads of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sweetbean.stimulus import RSVP, BilateralRSVP
from sweetbean.variable import FunctionVariable

from twinbean.definitions.kinds.keyed import KeyedKind
from twinbean.definitions.kinds.kind import Arguments, Given
from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.markup import words_of
from twinbean.definitions.values import normalise
from twinbean.definitions.variables import variables_in
from twinbean.errors import EmissionError, TaskError

_SHAPES = ("circle", "square", "underline", "none")
# What would change what is seen, or what counts as right, and is not done on the page.
_NOT_DONE = {
    "target_html": "HTML of single items",
    "distractor_html": "HTML of single items",
    "targets": "a list of targets: give target_index, target_side and the others",
    "distractors": "a list of distractors: give distractor_index, distractor_side and the others",
    "correct_keys": "keys that count by the time since a target, which a model has none of",
    "response_window": "a window of time for keys, which a model has none of",
    "stream_order": "an order of its own: give the streams in theirs",
}
# What of SweetBean's arguments is the page's own to choose.
_LOOKS = "sizes and gaps of RSVP"


def opposite(side):  # type: ignore[no-untyped-def]
    """The other one of two streams; it is played on the page, too."""
    return "right" if side == "left" else "left"


class RsvpKind(KeyedKind):
    """It ends by itself, behind its last item. `marks` are the items that are decorated, each of one stream."""

    name = "RSVP"
    stimuli = (RSVP, BilateralRSVP)
    arguments = (
        "streams",
        "marks",
        "direction",
        "color",
        "background",
        "stimulus_duration",
        "isi",
        "mask_html",
        "end_on_response",
        *KeyedKind.arguments,
    )

    def read(self, stimulus: Any, where: str) -> dict[str, Any]:
        given = dict(stimulus.arg)
        for name, what in _NOT_DONE.items():
            if given.get(name) not in (None, []):
                raise EmissionError(f"{where} has {name}, {what}")
        if isinstance(stimulus, BilateralRSVP):
            given |= _of_two_sides(given)
        elif given["distractor_color2"] is not None:
            given["distractor_color"] = given["distractor_color2"]
        given["marks"] = [
            *_marks(given, "target", given.get("decorate_targets", True), where),
            *_marks(given, "distractor", given.get("decorate_distractors", True), where),
        ]
        if given["duration"] is None:
            given["duration"] = given["trial_duration"]
        return super().read(Given(given | {"correct_key": ""}), where)

    def timed(self, arguments: Arguments) -> bool:
        return True

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        super().check(stimulus, arguments, where)
        if not isinstance(arguments["end_on_response"], bool):
            raise EmissionError(f"{where} has end_on_response {arguments['end_on_response']!r}, expected True or False")
        if isinstance(arguments["mask_html"], str):
            words_of(arguments["mask_html"], f"{where}, mask_html")
        elif arguments["mask_html"] is not None:
            raise EmissionError(f"{where} has the mask_html {arguments['mask_html']!r}, expected HTML as a text")
        if not any(variables_in(list(arguments.values()))):
            try:
                checked(arguments, where)
            except TaskError as error:
                raise EmissionError(str(error)) from None

    def untold(self, stimulus: Any, arguments: Arguments) -> Iterator[str]:
        yield _LOOKS

    def words(self, arguments: Arguments, stage: Stage, where: str) -> str:
        checked(arguments, where)
        marks = {(mark["side"], mark["index"]): _described(mark) for mark in reversed(arguments["marks"])}
        streams = arguments["streams"]
        told = []
        for stream in streams:
            items = [f'"{item}"{marks.get((stream["id"], index), "")}' for index, item in enumerate(stream["items"])]
            told.append((f"{stream['id']} " if len(streams) > 1 else "") + ", ".join(items))
        place = "side by side, " if arguments["direction"] == "row" else "one above the other, "
        gap = f" and {arguments['isi']}ms apart" if arguments["isi"] else ""
        mask = arguments["mask_html"]
        between = f', with "{words_of(mask, where)}" in between' if mask else ""
        return (
            f"You see {place if len(streams) > 1 else ''}one after the other, for {arguments['stimulus_duration']}ms "
            f"each{gap}{between}: {'; '.join(told)}."
        )


def _of_two_sides(given: Mapping[str, Any]) -> dict[str, Any]:
    """A BilateralRSVP as the RSVP of two streams that it is."""
    sides = given["target_side"]
    if given["distractor_side"] is None:
        others = [FunctionVariable("opposite", opposite, [side]) for side in _listed(sides)]
    else:
        others = given["distractor_side"]
    return {
        "streams": [{"id": "left", "items": given["left"]}, {"id": "right", "items": given["right"]}],
        "direction": "row",
        "distractor_side": others,
    }


def _marks(given: Mapping[str, Any], of: str, shown: Any, where: str) -> list[dict[str, Any]]:
    """One for each item that is decorated, of the arguments that SweetBean has for all of them."""
    if not isinstance(shown, bool):
        raise EmissionError(f"{where} has decorate_{of}s {shown!r}, expected True or False")
    if not shown or given[f"{of}_index"] is None:
        return []
    side = given[f"{of}_side"]
    if side is None and isinstance(given["streams"], list) and len(given["streams"]) == 1:
        side = given["streams"][0]["id"]
    columns = {"index": given[f"{of}_index"], "side": side, "shape": given[f"{of}_shape"]}
    columns["color"] = given[f"{of}_color"]
    lists = {name: _listed(normalise(value, where)) for name, value in columns.items()}
    most = max(map(len, lists.values()))
    for name, values in lists.items():
        if len(values) not in (1, most):
            raise EmissionError(f"{where} has {len(values)} values as {of}_{name}, expected 1 or {most}")
    full = {name: values * most if len(values) == 1 else values for name, values in lists.items()}
    return [
        {name: "none" if name == "shape" and values[at] is None else values[at] for name, values in full.items()}
        for at in range(most)
    ]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def checked(arguments: Arguments, where: str) -> None:
    """Raises TaskError, beginning with `where`, for what nobody could see."""
    streams = arguments["streams"]
    if not isinstance(streams, list) or not streams or not all(map(_is_stream, streams)):
        raise TaskError(f"{where} has the streams {streams!r}, expected a list of {{'id': ..., 'items': [...]}}")
    longest = max(len(stream["items"]) for stream in streams)
    each, gap = arguments["stimulus_duration"], arguments["isi"]
    if not _is_time(each) or not _is_time(gap) or not each:
        raise TaskError(f"{where} shows each item for {each!r} ms, {gap!r} ms apart, expected times")
    end = arguments["duration"]
    if end is not None and (not _is_time(end) or end < longest * (each + gap)):
        raise TaskError(f"{where} ends after {end!r} ms, before its last item is over: {longest * (each + gap)} ms")
    for mark in arguments["marks"]:
        _check_mark(mark, {stream["id"]: len(stream["items"]) for stream in streams}, where)


def _check_mark(mark: Mapping[str, Any], lengths: Mapping[str, int], where: str) -> None:
    side, index = mark["side"], mark["index"]
    if side not in lengths or isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < lengths[side]:
        raise TaskError(f"{where} marks item {index!r} of the stream {side!r}, which is not there")
    if mark["shape"] not in _SHAPES:
        raise TaskError(f"{where} has the shape {mark['shape']!r}, expected one of {', '.join(_SHAPES)}")
    if mark["color"] is not None and not isinstance(mark["color"], str):
        raise TaskError(f"{where} has the color {mark['color']!r}, expected a CSS colour")


def _is_stream(stream: Any) -> bool:
    return (
        isinstance(stream, dict)
        and isinstance(stream.get("id"), str)
        and isinstance(stream.get("items"), list)
        and bool(stream["items"])
        and all(isinstance(item, str | int) and not isinstance(item, bool) for item in stream["items"])
    )


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _described(mark: Mapping[str, Any]) -> str:
    colour = f" {mark['color']}" if mark["color"] else ""
    if mark["shape"] == "none":
        return f" in{colour}" if colour else ""
    if mark["shape"] == "underline":
        return f" underlined{' in' if colour else ''}{colour}"
    return f" in a{colour} {mark['shape']}"
