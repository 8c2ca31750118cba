"""SweetBean's Image and Video: people see a file, and a model reads the words that are given in its place."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from sweetbean.stimulus import Image, Video
from sweetbean.variable import TimelineVariable

from twinbean import _json
from twinbean.definitions.kinds.keyed import KeyedKind
from twinbean.definitions.kinds.kind import Arguments, Timeline
from twinbean.definitions.kinds.stage import Stage
from twinbean.definitions.variables import timeline_lists, variables_in
from twinbean.errors import DataError, EmissionError, TaskError

_Stimulus = TypeVar("_Stimulus")
# Where SweetBean looks for the words of images: a JSON object from file to words.
PROMPTS = "image_prompts.json"


def told(stimulus: _Stimulus, words: str | Mapping[str, str] | Any) -> _Stimulus:
    """The stimulus, an Image or a Video, with the `words` that a model reads in its place, word for word.

    Either one text, which a variable may give, or the words of each file that is shown, by its name. A function can
    choose among the files of such a table, and nowhere else does a page know which files it may need.
    """
    if not isinstance(stimulus, Image | Video):
        raise TypeError(f"told takes an Image or a Video, found {type(stimulus).__name__}")
    made = copy.copy(stimulus)
    vars(made)["arg"] = {**vars(stimulus)["arg"], "words": words}
    return made


class _MediaKind(KeyedKind):
    """What is seen of a file, until a key or time ends it."""

    files_of: ClassVar[str]

    @abstractmethod
    def sources(self, arguments: Arguments) -> list[Any]:
        """The files that the arguments name, of which a participant sees one."""

    def beside(self, arguments: dict[str, Any], folder: Path, where: str) -> dict[str, Any]:
        path = folder / PROMPTS
        if arguments["words"] is not None or not path.is_file():
            return arguments
        try:
            found = _json.loads(path.read_text(encoding="utf-8"), str(path))
        except (DataError, OSError, UnicodeDecodeError) as error:
            raise EmissionError(f"{where}: {PROMPTS} cannot be read: {error}") from None
        # Of the files of other screens nothing needs to be known here.
        named = [source for source in self.sources(arguments) if isinstance(source, str)]
        words = {name: found[name] for name in named if name in found} if named else found
        return arguments | {"words": words or None}

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        super().check(stimulus, arguments, where)
        words = arguments["words"]
        if words is None or words == "":
            raise EmissionError(
                f"{where} shows a file, of which a model reads nothing: give it words, twinbean.told({self.name}(...), "
                f"'You see ...'), or put them into {PROMPTS} beside the task's file"
            )
        if isinstance(words, dict) and not all(isinstance(one, str) and one for one in words.values()):
            raise EmissionError(f"{where} has the words {words!r}, expected a text for each file")
        made = [one for one in self.sources(arguments) if not isinstance(one, str | TimelineVariable)]
        if made and any(variables_in(made)) and not isinstance(words, dict):
            raise EmissionError(
                f"{where}: which file is shown is not known before it is played: give twinbean.told a dict of every "
                f"file with its words"
            )

    def files(self, arguments: Arguments, timeline: Timeline, where: str) -> Iterator[tuple[str, str]]:
        words = arguments["words"]
        table = words if isinstance(words, dict) else {}
        for place, source in enumerate(self.sources(arguments)):
            if any(variables_in(source)) and not isinstance(source, TimelineVariable):
                continue
            for one in timeline_lists(source, timeline):
                for name in one if isinstance(one, list) else [one]:
                    if not isinstance(name, str) or not name:
                        raise EmissionError(f"{where} shows {name!r}, expected the name of a file")
                    yield self.files_of, name
                # Of a video in several formats the table has the first.
                if table and place == 0 and _named(one) not in table:
                    raise EmissionError(f"{where} shows {_named(one)!r}, and there are words for {', '.join(table)}")
        yield from ((self.files_of, name) for name in table)

    def untold(self, stimulus: Any, arguments: Arguments) -> Iterator[str]:
        yield f"{self.files_of}s, but for their words"

    def shown(self, arguments: dict[str, Any], where: str) -> dict[str, Any]:
        words = arguments["words"]
        if isinstance(words, dict):
            shown = _named(arguments["stimulus"])
            if shown not in words:
                raise TaskError(f"{where}: {shown!r} is shown, and there are words for {', '.join(words)}")
            words = words[shown]
        if not isinstance(words, str):
            raise TaskError(f"{where}: words is {words!r}, expected text")
        return arguments | {"words": words}

    def words(self, arguments: Arguments, stage: Stage, where: str) -> str:
        return str(arguments["words"])


def _named(shown: Any) -> Any:
    """What a table of words calls a file; of a video in several formats that is the first."""
    return shown[0] if isinstance(shown, list) and shown else shown


class ImageKind(_MediaKind):
    name = "Image"
    stimuli = (Image,)
    arguments = ("stimulus", "words", *KeyedKind.arguments)
    files_of = "image"

    def sources(self, arguments: Arguments) -> list[Any]:
        return [arguments["stimulus"]]


class VideoKind(_MediaKind):
    """It ends with its video, unless it is said not to."""

    name = "Video"
    stimuli = (Video,)
    arguments = (
        "stimulus",
        "words",
        "trial_ends_after_video",
        "autoplay",
        "controls",
        "muted",
        "width",
        "height",
        *KeyedKind.arguments,
    )
    files_of = "video"

    def sources(self, arguments: Arguments) -> list[Any]:
        given = arguments["stimulus"]
        return given if isinstance(given, list) else [given]

    def timed(self, arguments: Arguments) -> bool:
        return bool(arguments["trial_ends_after_video"]) or super().timed(arguments)

    def check(self, stimulus: Any, arguments: Arguments, where: str) -> None:
        for name in ("trial_ends_after_video", "autoplay", "controls", "muted"):
            if not isinstance(arguments[name], bool):
                raise EmissionError(f"{where} has {name} {arguments[name]!r}, expected True or False")
        super().check(stimulus, arguments, where)
        if not arguments["autoplay"] and not arguments["controls"]:
            raise EmissionError(f"{where} neither plays by itself nor has controls: give it autoplay or controls")
