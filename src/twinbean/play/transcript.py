"""The text of a play and the character span of every choice in it."""

from __future__ import annotations

from twinbean.sessions.transcripts import CLOSE, Span, Transcript


class TranscriptBuilder:
    """Grows by appending only, so that every question asked is a prefix of every later one and of the whole."""

    def __init__(self) -> None:
        self.text = ""
        self.spans: list[Span] = []
        self.pieces: list[str] = []
        self.starts: list[int] = []

    def begin_trial(self) -> None:
        """The text from here on belongs to the next trial."""
        self.starts.append(len(self.text))

    def say(self, piece: str, *, separator: str) -> None:
        """Add a piece; `separator` stands before it, unless it is the first."""
        if not piece:
            return
        if self.text:
            piece = separator + piece
        self.text += piece
        self.pieces.append(piece)

    def choose(self, label: str, *, labels: tuple[str, ...], arms: tuple[int, ...], trial: int) -> None:
        """Fill the opened response with the chosen label, as a choice that can be scored."""
        start = len(self.text)
        self.spans.append(Span(start=start, end=start + len(label), labels=labels, arms=arms, trial=trial))
        self.fill(label)

    def fill(self, reply: str) -> None:
        """Fill the opened response and close it."""
        self._extend(reply + CLOSE)

    def _extend(self, piece: str) -> None:
        self.text += piece
        self.pieces[-1] += piece

    def add_outcome(self, outcome: str) -> None:
        """What follows the closed response in the same piece."""
        self._extend(outcome)

    def transcript(self, *, participant: str, experiment: str, session: str) -> Transcript:
        return Transcript(
            participant=participant,
            experiment=experiment,
            text=self.text,
            spans=tuple(self.spans),
            session=session,
        )
