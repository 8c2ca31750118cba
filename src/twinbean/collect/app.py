"""The server as an ASGI application: the page, and the protocol by which it sends what is recorded."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twinbean.collect import conditions, keeping, places, problems, records, requests, settings, visits
from twinbean.collect.clock import before, now, stamp
from twinbean.collect.game import Condition, Game
from twinbean.collect.judging import Judge
from twinbean.collect.limits import BURST, OPENINGS, OPENINGS_BURST, RATE, Limiter, body_of
from twinbean.collect.opening import Door, Opened
from twinbean.collect.pairing.folders import remove
from twinbean.collect.requests import Refused
from twinbean.collect.starting import page_options
from twinbean.collect.store import Result, StoreUnavailable, Transaction
from twinbean.collect.study import Study
from twinbean.page.document import render

if TYPE_CHECKING:
    from twinbean.collect.pairing.pair import Pair

API = "api/1/"
# Beyond, a participant waits longer than a page's patience; they are told to come again.
MOST_WAITING = 5_000
_FIRST = re.compile(r"\A(0|[1-9]\d{0,8})\Z")
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def make_app(study: Study, game: Game, *, more: Sequence[BaseRoute] = (), pair: Pair | None = None) -> ASGIApp:
    """The application that serves `study`; `more` are routes besides, `pair` plays what its visitors play."""
    collector = Collector(study, game, pair)
    session = f"/{API}sessions/{{session}}"
    routes: list[BaseRoute] = [
        Route("/", collector.page, methods=["GET"]),
        Route("/health", collector.health, methods=["GET"]),
        Route(f"/{API}visits", collector.visit, methods=["POST"]),
        Route(f"/{API}sessions", collector.open, methods=["POST"]),
        Route(f"{session}/rows", collector.rows, methods=["POST"]),
        Route(f"{session}/finish", collector.finish, methods=["POST"]),
        Route(f"{session}/withdraw", collector.withdraw, methods=["POST"]),
        *([] if pair is None else [Route(f"{session}/pair", collector.pair, methods=["GET"])]),
        *more,
    ]
    handlers: dict[Any, Any] = {Refused: _refused, StoreUnavailable: _unavailable}
    return Headers(Starlette(routes=routes, exception_handlers=handlers))


class Collector:
    """Answers pages. Nothing is said to be stored before the store has said so."""

    def __init__(self, study: Study, game: Game, pair: Pair | None = None) -> None:
        self._study = study
        self._pair = pair
        self._conditions = dict(game.conditions)
        self._completion = study.settings.completion
        self._judge = Judge(study.settings.policies.exclude, game, always=study.settings.closed_loop)
        self._page = page_of(study, game, has_pair=pair is not None)
        self._page_headers = {"Content-Security-Policy": _policy_of(self._page), "Cache-Control": "no-cache"}
        options = page_options(study.settings)
        self._door = Door(
            policies=study.settings.policies,
            variants={name: len(condition.variants) for name, condition in game.conditions.items()},
            arrangements={name: condition.arrangements for name, condition in game.conditions.items()},
            seed=study.settings.seed,
            ids=frozenset(options.ids),
            consents=visits.remember_consents(study.store, options.consents_shown),
            asks_for_consent=options.consent is not None,
            closed_loop=study.settings.closed_loop,
        )
        self._trouble: str | None = None
        self._sessions = Limiter(rate=RATE, burst=BURST)
        self._openings = Limiter(rate=OPENINGS, burst=OPENINGS_BURST)

    async def page(self, request: Request) -> Response:
        return Response(self._page, media_type="text/html", headers=self._page_headers)

    async def health(self, request: Request) -> Response:
        """Whether the store takes what it is given: something is written, and on the disk."""
        self._openings.take("")
        at = stamp(now())
        await self._write(lambda transaction: settings.put(transaction, "checked", at))
        return PlainTextResponse("ok")

    async def visit(self, request: Request) -> Response:
        asked = requests.parsed(requests.Visit, await _json_of(request))
        self._openings.take("")
        await self._write(lambda transaction: visits.count(transaction, asked.event))
        # Who declines has no session that could say who they are: their code is the same for all, and pays nothing.
        url = self._completion.link("declined") if asked.event == "declined" else None
        return Response(status_code=204) if url is None else _reply({"url": url})

    async def open(self, request: Request) -> Response:
        asked = requests.parsed(requests.Opening, await _json_of(request))
        self._door.check(asked)
        self._openings.take("")
        at = now()
        opened = await self._write(lambda transaction: self._door.open(transaction, asked, at))
        if opened.record is not None and opened.record.condition not in self._conditions:
            await asyncio.to_thread(self._find, opened.record.condition)
        told = self._told(opened)
        if opened.is_elsewhere:
            told["rows"] = await asyncio.to_thread(self._rows_of, opened)
        return _reply(told, status=201 if opened.is_new else 200)

    def _rows_of(self, opened: Opened) -> list[Any]:
        record = opened.record
        assert record is not None
        rows = self._study.store.read(lambda transaction: records.rows_of(transaction, record.session))
        return [json.loads(row) for seq, row in rows if seq < record.stored]

    async def rows(self, request: Request) -> Response:
        caller = self._caller(request)
        first = _FIRST.match(request.headers.get("twinbean-first", ""))
        if first is None:
            raise Refused(422, "Twinbean-First: expected the number of the first row, from 0")
        _expect(request, "application/x-ndjson")
        rows = _rows_in(await body_of(request))
        at, number = now(), int(first[0])
        stored = await self._write(
            self._in_time(lambda transaction: keeping.append(transaction, caller, number, rows, at), caller, at)
        )
        if isinstance(stored, keeping.Conflict):
            raise Refused(409, "rows are stored already, with other bytes", conflict=list(stored.rows))
        self._heard(caller)
        return _reply({"stored": stored})

    async def finish(self, request: Request) -> Response:
        caller = self._caller(request)
        asked = requests.parsed(requests.Finish, await _json_of(request))
        found = await asyncio.to_thread(
            self._study.store.read, lambda transaction: keeping.compare(transaction, caller, asked, self._least_rows)
        )
        if not found:
            if not found.missing:
                what = f"the rows of session {caller.session} are not those that its browser says it has sent"
                await self._note(what, caller.session)
            return _reply({"complete": False, "missing": found.missing, "digest": found.same})
        if self._judge.is_needed:
            asked = await asyncio.to_thread(self._judged, caller, asked)
        at = now()
        record = await self._write(
            self._in_time(lambda transaction: keeping.finish(transaction, caller, asked, at), caller, at)
        )
        self._heard(caller)
        return _reply({"complete": True, "url": self._link(record.test, str(record.outcome))})

    def _judged(self, caller: keeping.Caller, asked: requests.Finish) -> requests.Finish:
        record, rows = self._study.store.read(
            lambda transaction: (caller.record(transaction), records.rows_of(transaction, caller.session))
        )
        said = [json.loads(row) for _, row in rows]
        outcome = self._judge.outcome(said, asked.outcome, condition=record.condition)
        return asked.model_copy(update={"outcome": outcome})

    async def withdraw(self, request: Request) -> Response:
        caller = self._caller(request)
        requests.parsed(requests.Withdrawal, await _json_of(request))
        at, kept = now(), self._study.settings.policies.withdrawn
        record = await self._write(lambda transaction: keeping.withdraw(transaction, caller, at, rows=kept))
        if kept == "discard":
            await asyncio.to_thread(self._withdrawn, record.session)
        return _reply({"complete": True, "url": self._link(record.test, "withdrawn")})

    async def pair(self, request: Request) -> Response:
        """The visitor's own course and the model's, once there is nothing left to be learned from it."""
        assert self._pair is not None
        caller = self._caller(request)
        record = await asyncio.to_thread(self._study.store.read, caller.record)
        if record.state != "finished":
            raise Refused(403, "the session has not ended: what the model has played is told behind the end")
        return _reply(await asyncio.to_thread(self._pair.told, record))

    def _withdrawn(self, session: str) -> None:
        if self._pair is None:
            remove(self._study.folder, session)
        else:
            self._pair.withdrawn(session)

    def _heard(self, caller: keeping.Caller) -> None:
        if self._pair is not None:
            self._pair.heard(caller.session)

    def _caller(self, request: Request) -> keeping.Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused(401, "Authorization: expected Bearer and the token of the session")
        session = request.path_params["session"]
        self._sessions.take(token)
        return keeping.Caller(session=session, token=token, lease=request.headers.get("twinbean-lease", ""))

    def _in_time(
        self, change: Callable[[Transaction], Result], caller: keeping.Caller, at: datetime
    ) -> Callable[[Transaction], Result]:
        """`change`, before which a session that was silent for too long loses its place in a closed loop."""
        if not self._study.settings.closed_loop:
            return change
        since = before(at, minutes=self._study.settings.policies.cutoff_minutes)

        def in_time(transaction: Transaction) -> Result:
            places.release(transaction, active_since=since, at=at, session=caller.session)
            return change(transaction)

        return in_time

    def _least_rows(self, condition: str) -> int:
        if condition not in self._conditions:
            self._find(condition)
        return self._conditions[condition].least_rows

    def _find(self, name: str) -> None:
        """Remember a condition that a closed loop has asked for."""
        found = self._study.store.read(lambda transaction: conditions.variants_of(transaction, name))
        if found is not None:
            asked, variants = found
            self._conditions[name] = Condition(
                name=name,
                values=asked.settings.values,
                fingerprint=asked.settings.fingerprint,
                variants=variants,
                least_rows=asked.least_rows,
            )

    def _link(self, test: bool, outcome: str) -> str | None:
        # Who only tried the study out, or previewed it, has no code to claim.
        return None if test else self._completion.link(outcome)

    def _told(self, opened: Opened) -> dict[str, Any]:
        told: dict[str, Any] = {"status": opened.status}
        record = opened.record
        if record is None:
            return told
        told |= {"session": record.session, "token": opened.token, "lease": opened.lease, "stored": record.stored}
        condition = self._conditions.get(record.condition)
        if condition is not None:
            told |= {"variant": condition.variants[record.variant], "condition": condition.values}
        if opened.status == "completed":
            told["url"] = self._link(record.test, str(record.outcome))
        return told

    async def _write(self, change: Callable[[Transaction], Result]) -> Result:
        if self._study.store.waiting() > MOST_WAITING:
            raise Refused(503, "too many wait: come again in some seconds", retry_after=2)
        try:
            written = await asyncio.wrap_future(self._study.store.write(change))
        except StoreUnavailable as error:
            # There is nowhere to write it down before the database takes something again.
            self._trouble = self._trouble or f"nothing could be stored from {stamp(now())} on: {error}"
            raise
        if self._trouble is not None:
            what, self._trouble = self._trouble, None
            await self._note(f"{what} (until {stamp(now())})")
        return written

    async def _note(self, what: str, session: str | None = None) -> None:
        at = now()
        await self._write(lambda transaction: problems.note(transaction, what, at, session=session))


def page_of(study: Study, game: Game, *, has_pair: bool = False) -> str:
    """The page of a study; it is the same study's page also with another condition or another consent form."""
    return render(
        game.definition,
        game.functions,
        scripts=game.scripts,
        options=page_options(study.settings, has_pair=has_pair),
        identity=study.settings.study,
    )


def _policy_of(page: str) -> str:
    """The page's own policy, which names its scripts by their hashes, as a header."""
    found = _POLICY.search(page)
    assert found is not None
    return html.unescape(found[1])


async def _json_of(request: Request) -> bytes:
    _expect(request, "application/json")
    return await body_of(request, 2**16)


def _expect(request: Request, kind: str) -> None:
    """Raises Refused for another type than the page's. No form of another site can send these."""
    found = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found != kind:
        raise Refused(415, f"Content-Type: expected {kind}")


def _rows_in(body: bytes) -> list[bytes]:
    rows = body.removesuffix(b"\n").split(b"\n")
    for number, row in enumerate(rows):
        try:
            is_row = isinstance(json.loads(row), dict)
        except (ValueError, RecursionError):
            is_row = False
        if not is_row:
            raise Refused(422, f"line {number + 1}: expected a row, as a JSON object")
    return rows


def _reply(content: dict[str, Any], *, status: int = 200) -> Response:
    # In ASCII: a row can hold half of a surrogate pair, which UTF-8 cannot.
    return Response(json.dumps(content, separators=(",", ":")), status_code=status, media_type="application/json")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return JSONResponse({"error": str(error), **error.fields}, status_code=error.status, headers=error.headers)


async def _unavailable(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "nothing was stored, try again"}, status_code=503, headers={"Retry-After": "2"})


class Headers:
    """What every reply says to the browser, unless it says otherwise itself."""

    _DEFAULTS = (
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    )

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self._DEFAULTS if one[0] not in said)]
            await send(message)

        await self._app(scope, receive, sent)
