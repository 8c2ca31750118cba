"""What a page may ask, checked: a field that is not known, or of another shape, is refused in a sentence."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from twinbean._messages import shortened
from twinbean.collect.policies import Outcome
from twinbean.collect.store import StudyError

Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Time = Annotated[str, Field(max_length=40, pattern=r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")]
# The id that is none: what a signed link has besides.
SIGNATURE = "signature"
# Of what is kept as text: PostgreSQL has no character 0 in it.
_PRINTED = r"^[^\x00-\x1f\x7f]*$"
Id = Annotated[str, Field(min_length=1, max_length=300, pattern=_PRINTED)]
# What Prolific and others put into an address where nobody has filled it in, and what MTurk names a preview.
_PLACEHOLDER = re.compile(r"\{\{%.*%\}\}")
_PREVIEW = "ASSIGNMENT_ID_NOT_AVAILABLE"


class Refused(StudyError):
    """A request that is answered with `status`, and `headers` and `fields` besides the sentence."""

    def __init__(self, status: int, message: str, *, retry_after: int | None = None, **fields: Any) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.fields = fields


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Visit(Request):
    event: Literal["opened", "declined"]


class Consent(Request):
    text_sha256: Hex
    language: Annotated[str, Field(max_length=35, pattern=_PRINTED)]
    at: Time


class Opening(Request):
    request: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    page: Annotated[str, Field(max_length=64, pattern=_PRINTED)]
    ids: Annotated[dict[Annotated[str, Field(max_length=50, pattern=_PRINTED)], Id], Field(max_length=20)]
    anonymous: bool
    test: bool
    consent: Consent | None
    started: Time
    token: Annotated[str, Field(max_length=64)] | None

    @property
    def participant(self) -> str | None:
        return None if self.anonymous else self.ids.get("participant")

    @property
    def signature(self) -> str | None:
        return self.ids.get(SIGNATURE)

    @property
    def is_test(self) -> bool:
        """Whether this is no participant: they say so, or came by a link whose places nobody has filled in."""
        return self.test or any(value == _PREVIEW or _PLACEHOLDER.fullmatch(value) for value in self.ids.values())


class Finish(Request):
    n: Annotated[int, Field(ge=0)]
    digest: Hex
    outcome: Outcome


class Withdrawal(Request):
    pass


Asked = TypeVar("Asked", bound=Request)


def parsed(model: type[Asked], body: bytes) -> Asked:
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the request"
        raise Refused(422, f"{place}: {first['msg']}; found {shortened(first['input'])}") from None
