"""What a study does with people who come back, and with what they leave behind."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Outcome = Literal["done", "screened_out", "failed_check"]


class Policies(BaseModel):
    """As `PageOptions` has the first three, and says of them.

    `other_device` is for a participant whose id is known and whose browser is not (another device, or site data were
    cleared): "restart" begins a new attempt, "block" refuses; with `signed_links` the researcher can give somebody a
    link by which another browser goes on. `withdrawn` says whether the rows of somebody who withdraws are kept. An
    assignment counts who was active within the last `cutoff_minutes`. In a `lab` every visit is a new participant's.
    A session that a rule of `exclude` is true of at its end has failed a check.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    incomplete_session: Literal["resume", "restart", "block"] = "resume"
    completed_session: Literal["restart", "block"] = "block"
    max_age_ms: float | None = Field(default=None, gt=0)
    other_device: Literal["restart", "block"] = "restart"
    withdrawn: Literal["keep", "discard"] = "discard"
    signed_links: bool = False
    cutoff_minutes: float = Field(default=60, gt=0)
    lab: bool = False
    exclude: tuple[str, ...] = ()
