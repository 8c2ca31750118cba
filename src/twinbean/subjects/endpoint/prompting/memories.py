"""Memories: what a chat model is reminded of at a choice. Each makes the messages that follow the system's.

A memory is a function of the situations so far, the last of them the choice to be made, and of `render`, which fills a
template of the set in use. Notes are written between choices by the model itself; `ChatSubject` sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from twinbean._plugins import Registry
from twinbean.errors import SubjectError
from twinbean.sessions import Trial
from twinbean.subjects.endpoint.prompting.situation import Situation

Message = dict[str, str]


class Render(Protocol):
    """What a memory writes with."""

    def __call__(self, template: str, situation: Situation) -> str:
        """A template of the set in use, filled with the situation: `answering` says how to answer."""
        ...

    def spoken(self, trial: Trial) -> str:
        """A choice that was made, as the model said it or would have said it."""
        ...


Memory = Callable[[Sequence[Situation], Render], list[Message]]


def user(content: str) -> Message:
    """A message to the model."""
    return {"role": "user", "content": content}


def transcript(seen: Sequence[Situation], render: Render) -> list[Message]:
    """All that was told so far, in one message."""
    return [user(render("transcript", seen[-1]))]


def summary(seen: Sequence[Situation], render: Render) -> list[Message]:
    """How often each arm was chosen and what it paid on average."""
    if not seen[-1].of_arms:
        raise SubjectError(
            "the memory 'summary' says what each arm has paid, and these options are no arms: they are others at every "
            "choice; use transcript, turns or notes"
        )
    return [user(render("summary", seen[-1]))]


def notes(seen: Sequence[Situation], render: Render) -> list[Message]:
    """The notes that the model has written itself."""
    return [user(render("notes", seen[-1]))]


def turns(seen: Sequence[Situation], render: Render) -> list[Message]:
    """A conversation: one message a choice, and the model's answers in between."""
    messages = []
    for then in seen[:-1]:
        trial = seen[-1].past[len(then.past)].trial
        messages += [user(render("turns", then)), {"role": "assistant", "content": render.spoken(trial)}]
    return [*messages, user(render("turns", seen[-1]))]


REGISTRY = Registry(
    group="twinbean.memories",
    what="memory",
    built_in={one.__name__: f"{__name__}:{one.__name__}" for one in (transcript, turns, summary, notes)},
    error=SubjectError,
)


def open_memory(name: str) -> Memory:
    """The memory of that name. Raises SubjectError where there is none, or its plugin is broken."""
    entry = REGISTRY.find(name)
    if entry is None:
        raise SubjectError(f"the memory is {name!r}, expected one of {', '.join(REGISTRY.names())}")
    found = REGISTRY.load(entry)
    if not callable(found):
        raise SubjectError(f"{REGISTRY.describe(entry)} is {found!r}, expected a function of situations and render")
    return lambda seen, render: _checked(found, seen, render, REGISTRY.describe(entry))


def _checked(memory: Memory, seen: Sequence[Situation], render: Render, told: str) -> list[Message]:
    try:
        messages = list(memory(seen, render))
    except SubjectError:
        raise
    except Exception as error:
        raise SubjectError(f"{told} raised {type(error).__name__}: {error}") from error
    for message in messages:
        if set(message) != {"role", "content"} or not all(isinstance(value, str) for value in message.values()):
            raise SubjectError(f"{told} made the message {message!r}, expected a role and a content, both text")
    return messages
