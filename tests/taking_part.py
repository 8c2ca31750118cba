"""People who take part in a study that is called in this process."""

from __future__ import annotations

from collecting import Called
from twinbean.tasks.task import load
from twinbean.testing.recorded import recorded_rows


def rows_for(study: Called, opened: dict, who: str | None) -> list[bytes]:
    """What the browser of `who` sends if they choose at random, each in a way of their own."""
    settings = study.study.settings
    told = opened | {"condition": {**settings.parameters, **opened["condition"]}}
    choices = sum((who or "").encode())
    return list(
        recorded_rows(load(settings.task), told, participant=who or "drawn", seed=settings.seed, choices=choices)
    )


def take_part(
    study: Called, who: str | None, *, rows: int | None = None, outcome: str | None = "done", **opening: object
) -> dict:
    """Open, send all rows or the first of them, and finish unless `outcome` is None; what was told, and under "sent"
    what was sent."""
    opened = study.open(who, **opening)
    sent = rows_for(study, opened, who)[:rows]
    assert study.send(opened, 0, sent).status_code == 200
    if outcome is not None:
        assert study.finish(opened, sent, outcome).json()["complete"]
    return opened | {"sent": sent}
