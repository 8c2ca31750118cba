"""Where participants are sent at the end: a link for each outcome, which leaves the server only with the data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict

from twinbean.collect.policies import Outcome
from twinbean.collect.store import StudyError

# What a session can end as, and what has a code of its own besides.
OUTCOMES = (*get_args(Outcome), "declined", "withdrawn")
_PLACE = "{code}"


class Completion(BaseModel):
    """`url` is the link for "done". Other outcomes have the same with their code from `codes` in its place: that of
    `{code}` in the link, or of its parameter `cc` (Prolific). An outcome without a code has no link."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str | None = None
    codes: Mapping[str, str] = {}

    def check(self) -> None:
        """Raises StudyError for links and codes that do not go together."""
        if unknown := sorted(self.codes.keys() - set(OUTCOMES)):
            raise StudyError(f"a code is given for {unknown[0]!r}, expected one of {', '.join(OUTCOMES)}")
        if self.url is None:
            if self.codes:
                raise StudyError("codes need --completion-url, the link that they are put into")
            return
        if not re.match(r"https?://", self.url):
            raise StudyError(f"the completion link is {self.url!r}, expected an address with https:// or http://")
        if _PLACE in self.url and "done" not in self.codes:
            raise StudyError(f"the completion link has {_PLACE}, and no code for 'done' is given")
        if self.codes and _PLACE not in self.url and "cc" not in dict(parse_qsl(urlsplit(self.url).query)):
            raise StudyError(f"the completion link is {self.url!r}, expected {_PLACE} where a code belongs, or cc=CODE")

    def link(self, outcome: str) -> str | None:
        code = self.codes.get(outcome)
        if self.url is None or (code is None and outcome != "done"):
            return None
        if code is None:
            return self.url
        if _PLACE in self.url:
            return self.url.replace(_PLACE, urlencode({"": code})[1:])
        parts = urlsplit(self.url)
        query = [(name, code if name == "cc" else value) for name, value in parse_qsl(parts.query, True)]
        return urlunsplit(parts._replace(query=urlencode(query)))
