"""What a study keeps of people, for an ethics board: read from its database and its policies, not from a promise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jinja2

from twinbean._version import __version__
from twinbean.collect.clock import now, stamp
from twinbean.collect.pairing.folders import pair_of
from twinbean.collect.store import Transaction
from twinbean.collect.study import Study
from twinbean.page.options import PageOptions

# The rows in which names of entries are looked for; more would say no other names.
_LOOKED_AT = 20_000

# What each column of the database holds. One that is not here is shown as such, so that none is kept back.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "settings": {"name": "a setting of the study", "value": "its value: paused, target, keys of the study (no person)"},
    "sessions": {
        "number": "in which order sessions were opened",
        "session": "a random name of the session",
        "token": "a hash of the random key by which the browser is known again",
        "lease": "which window of the browser has the session",
        "participant": "the participant's id from the link, if it had one",
        "ids": "further ids from the link, as those of the study and the submission",
        "anonymous": "whether the link had no id",
        "test": "whether the visit was a test",
        "attempt": "the number of this attempt of the same id",
        "condition": "the condition that was assigned",
        "variant": "which of the drawn payoffs, letters and places was assigned",
        "page": "which page was opened",
        "consent": "to which text (by its hash) the participant agreed, when, and in which language",
        "state": "active, finished, withdrawn or erased",
        "opened": "when the server gave out the session",
        "started": "when the browser says that it was started",
        "active": "when something last came from it",
        "ended": "when it was finished or withdrawn",
        "outcome": "done, screened out, or a failed check",
        "n": "the number of rows at the end",
        "digest": "a hash of all rows, by which they are known to be complete",
        "stored": "how many rows have come without a gap",
        "bytes": "how much has come",
    },
    "conditions": {
        "number": "in which order a closed loop asked for conditions",
        "name": "what a condition is called",
        "cycle": "in which cycle of the loop",
        "wanted": "how many participants are wanted",
        "settings": "what it sets of the task (no person)",
        "least_rows": "how many rows a session of it has at least",
        "arrangements": "the orders of the task's parts",
        "variants": "the payoffs, letters and places that were drawn (no person)",
        "asked": "when it was asked for",
        "closed": "when nobody was waited for any more",
    },
    "late": {
        "session": "a session that lost its place in a condition",
        "at": "when: its browser had sent nothing for too long, or nobody was waited for any more",
    },
    "openings": {
        "request": "a hash of a random number by which a repeated request is known",
        "session": "which session it opened",
        "lease": "the lease that was given",
        "status": "what was answered",
    },
    "events": {
        "session": "which session",
        "seq": "the number of the row",
        "row": "what was shown, answered and recorded on one screen (see below)",
        "received": "when it came",
    },
    "quarantine": {
        "session": "which session",
        "seq": "the number of the row",
        "digest": "a hash of it",
        "row": "a row that came a second time with other content",
        "received": "when it came",
    },
    "consents": {
        "text_sha256": "the hash of a consent text",
        "text": "the text (no person)",
        "first_shown": "when it was first shown",
    },
    "visits": {"event": "page opened, or consent declined", "n": "how often: a count of visits, without persons"},
    "problems": {
        "number": "in which order",
        "at": "when something went wrong",
        "session": "in which session, if in one",
        "what": "what it was, without ids and addresses",
    },
    "excluded": {"participant": "a keyed hash of the id of somebody who must not take part"},
    "bonuses": {
        "submission": "a keyed hash of the submission for which a bonus was written into a file",
        "session": "which session",
        "amount": "how much",
        "at": "when",
    },
    "schema_version": {"version": "the version of these tables (no person)"},
}
# Of a row's entries, those that say something of the person rather than of the task.
ENTRIES: Mapping[str, str] = {
    "participant": "the id from the link, or a random one",
    "session": "a random name of the session",
    "response": "the answer",
    "rt": "the response time in milliseconds",
    "input": "mouse, touch, pen or keyboard",
    "device": "browser, language, screen, window, pixel ratio, refresh rate, time zone, touch points, dark mode, "
    "reduced motion",
    "interruptions": "when the window lost the focus, or was resized",
    "started": "when the session was started",
    "consented": "when the participant agreed",
    "page_language": "the language of the page that was read",
    "resumed": "how often the session had been gone on with",
    "resumed_at": "when the session was gone on with",
    "finished": "when the session was finished",
    "ids": "further ids from the link",
    "study_id": "the study's id from the link",
    "session_id": "the submission's id from the link",
    "scheduled_onset": "when the screen was due",
    "onset": "when the screen was painted",
    "dropped_frames": "how many frames of the display were late",
    "trusted": "whether a click or key was a person's, and not a script's",
    "typed": "how many characters were typed into the fields of text",
    "pasted": "how many characters were pasted into them",
    "write_ms": "how long the browser took to keep the row before",
}
_OF_TASK = "of the task: what was shown, or what followed"
POLICIES: Mapping[str, Mapping[Any, str]] = {
    "withdrawn": {
        "keep": "Answers given before a withdrawal are kept.",
        "discard": "Answers are deleted when the participant withdraws.",
    },
    "incomplete_session": {
        "resume": "Who left before the end can go on in the same browser.",
        "restart": "Who left before the end begins anew.",
        "block": "Who left before the end cannot take part again.",
    },
    "completed_session": {
        "block": "Who has finished cannot take part again.",
        "restart": "Who has finished can take part again.",
    },
    "other_device": {
        "restart": "Who comes back from another device begins a new attempt; earlier answers are not shown there.",
        "block": "Who comes back from another device is turned away.",
    },
    "signed_links": {True: "The researcher can give a participant a link to go on from another device; it works once."},
    "lab": {True: "Every visit is another participant's: answers leave the device once they have arrived."},
}


def privacy_page(study: Study) -> str:
    """An HTML page, to be printed or sent to an ethics board."""
    found, consents, entries = study.store.read(lambda transaction: _stored(transaction, study))
    options = PageOptions(**study.settings.page)
    policies = study.settings.policies.model_dump()
    return _template().render(
        task=study.settings.task,
        title=options.title,
        created=study.settings.created[:10],
        at=stamp(now())[:10],
        version=__version__,
        style=(resources.files("twinbean.collect") / "dashboard.css").read_text(encoding="utf-8"),
        place=study.settings.database or "a file in the study's folder (SQLite)",
        tables={
            table: [(column, COLUMNS.get(table, {}).get(column, "not described")) for column in columns]
            for table, columns in found.items()
        },
        entries=[(name, ENTRIES.get(_plain(name), _OF_TASK)) for name in entries],
        consents=consents,
        asked=options.consent is not None,
        ids=options.ids,
        policies=[said[policies[name]] for name, said in POLICIES.items() if policies[name] in said],
        completion=study.settings.completion.url,
        pair=study.store.read(pair_of),
    )


def _stored(
    transaction: Transaction, study: Study
) -> tuple[dict[str, list[str]], Sequence[tuple[str, str]], list[str]]:
    """The columns of each table, the consent texts, and the names of the entries in rows."""
    if study.settings.database is None:
        columns = transaction.execute(
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
            "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.rowid, c.cid"
        )
    else:
        columns = transaction.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
        )
    tables: dict[str, list[str]] = {}
    for table, column in columns:
        tables.setdefault(str(table), []).append(str(column))
    consents = transaction.execute("SELECT text, first_shown FROM consents ORDER BY first_shown")
    entries: dict[str, None] = {}
    for (row,) in transaction.execute("SELECT row FROM events LIMIT ?", (_LOOKED_AT,)):
        entries |= dict.fromkeys(map(str, json.loads(bytes(row))))
    return tables, [(str(text), str(at)[:10]) for text, at in consents], sorted(entries)


def _plain(name: str) -> str:
    return name.removeprefix("bean_")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    source = (resources.files("twinbean.collect") / "privacy.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)
