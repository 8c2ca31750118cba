"""The dashboard opens to the token alone, changes nothing for another site, and shows what is stored as text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from collecting import Called, everything_in
from taking_part import take_part
from twinbean.collect import settings
from twinbean.collect.admin import new_token
from twinbean.collect.app import make_app
from twinbean.collect.dashboard import COOKIE, routes

HERE = "http://localhost:8000"


class Looker:
    """A browser that looks at the dashboard from `client`, under the address `base`."""

    def __init__(self, study: Called, *, client: str = "127.0.0.1", base: str = HERE, anywhere: bool = False) -> None:
        app = make_app(study.study, study.game, more=routes(study.study, anywhere=anywhere))
        self._transport = httpx.ASGITransport(app, client=(client, 1))
        self._base = base
        self.cookies = httpx.Cookies()

    def get(self, path: str = "/admin/", **options: object) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, **options))

    def post(self, path: str, data: dict[str, str] | None = None, **options: object) -> httpx.Response:
        return asyncio.run(self._ask("POST", f"/admin/{path}", data=data or {}, **options))

    async def _ask(self, method: str, path: str, **options: object) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, base_url=self._base, cookies=self.cookies) as client:
            reply = await client.request(method, path, **options)
        self.cookies = client.cookies
        return reply

    def enter(self, token: str) -> httpx.Response:
        return self.post("enter", {"token": token})

    def key(self) -> str:
        found = re.search(r'name="key" value="([0-9a-f]+)"', self.get().text)
        assert found is not None
        return found[1]


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Called]:
    with Called(tmp_path / "study", parameters={"trials": 4}) as called:
        yield called


@pytest.fixture
def looker(study: Called) -> Looker:
    looker = Looker(study)
    assert looker.enter(new_token(study.study.store)).status_code == 303
    return looker


def test_without_the_token_nothing_is_shown(study: Called) -> None:
    take_part(study, "ann")
    stranger = Looker(study)
    new_token(study.study.store)
    assert "Sign in" in stranger.get().text
    assert "Finished" not in stranger.get().text
    for token in ("", "guess", "0" * 43):
        assert stranger.enter(token).status_code == 403
    for path in ("pause", "target", "trials.csv", "responses.csv", "leave"):
        assert stranger.post(path, {"key": "0" * 64}).status_code == 403
    stranger.cookies.set(COOKIE, "9999999999.x." + "0" * 64, domain="localhost.local")
    assert "Finished" not in stranger.get().text


def test_guessing_is_slowed_down(study: Called) -> None:
    stranger = Looker(study)
    assert [stranger.enter("guess").status_code for _ in range(12)][-1] == 429


def test_the_token_is_in_no_file_of_the_study_and_another_makes_it_worthless(study: Called) -> None:
    token = new_token(study.study.store)
    looker = Looker(study)
    reply = looker.enter(token)
    cookie = reply.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/admin/"} <= set(cookie.split("; "))
    assert token.encode() not in everything_in(study.study.folder)
    assert reply.cookies[COOKIE].encode() not in everything_in(study.study.folder)
    assert "Finished" in looker.get().text
    other = new_token(study.study.store)
    assert "Finished" not in looker.get().text
    assert looker.enter(token).status_code == 403
    assert looker.enter(other).status_code == 303


def test_a_cookie_ends(study: Called, looker: Looker, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from twinbean.collect import admin, clock

    monkeypatch.setattr(admin, "now", lambda: clock.now() + timedelta(hours=13))
    assert "Finished" not in looker.get().text


def test_what_participants_sent_is_shown_as_text(study: Called, looker: Looker) -> None:
    opened = study.open("<img src=x onerror=alert(1)>", ids={"session_id": "<script>alert(2)</script>"})
    row = b'{"bean_bandits":[{"value":1},{"value":2}],"bean_response":"<script>alert(3)</script>","trial_index":0}'
    study.send(opened, 0, [row])
    study.finish(opened, [row], "failed_check")
    page = looker.get()
    assert "<script" not in page.text
    assert "onerror" not in page.text
    assert "&lt;script&gt;" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in page.headers["content-security-policy"]


def test_ids_are_not_shown(study: Called, looker: Looker) -> None:
    take_part(study, "ann-the-id", ids={"session_id": "the-submission"}, rows=2, outcome="screened_out")
    page = looker.get().text
    assert "screened_out" in page
    assert not {"ann-the-id", "the-submission"} & set(re.findall(r"[\w-]+", page))
    for table in ("trials.csv", "responses.csv"):
        assert "ann-the-id" not in looker.post(table, {"key": looker.key()}).text


def test_pause_and_target_do_what_they_say(study: Called, looker: Looker) -> None:
    key = looker.key()
    looker.post("pause", {"key": key, "paused": "yes"})
    assert study.study.store.read(settings.is_paused)
    assert "Paused" in looker.get().text
    assert study.open("late")["status"] == "paused"
    looker.post("pause", {"key": key, "paused": "no"})
    looker.post("target", {"key": key, "target": "30"})
    assert study.study.store.read(settings.target) == 30
    assert looker.post("target", {"key": key, "target": "-3"}).status_code == 422
    assert study.study.store.read(settings.target) == 30
    looker.post("target", {"key": key, "target": ""})
    assert study.study.store.read(settings.target) is None


def test_another_site_can_press_no_button(study: Called, looker: Looker) -> None:
    key = looker.key()
    forged = [
        looker.post("pause", {"paused": "yes"}),
        looker.post("pause", {"paused": "yes", "key": "0" * 64}),
        looker.post("pause", {"paused": "yes", "key": key}, headers={"Origin": "https://elsewhere.example"}),
        looker.post("pause", {"paused": "yes", "key": key}, headers={"Origin": "null"}),
        looker.get("/admin/pause?paused=yes"),
    ]
    assert [reply.status_code for reply in forged] == [403, 403, 403, 403, 405]
    assert not study.study.store.read(settings.is_paused)
    assert looker.post("pause", {"paused": "yes", "key": key}, headers={"Origin": HERE}).status_code == 303


def test_the_table_is_what_read_gives(study: Called, looker: Looker, tmp_path: Path) -> None:
    from twinbean.collect.reading import read

    take_part(study, "ann")
    take_part(study, "tester", test=True)
    reply = looker.post("trials.csv", {"key": looker.key()})
    (tmp_path / "trials.csv").write_bytes(reply.content)
    assert "attachment" in reply.headers["content-disposition"]
    assert [one.trials for one in read(tmp_path / "trials.csv")] == [one.trials for one in read(study.study.folder)]


def test_answers_besides_choices_are_a_table_of_their_own(study: Called, looker: Looker) -> None:
    opened = study.open("ann")
    study.send(opened, 0, [b'{"bean_text": "=1+1", "bean_choices": ["y", "n"], "bean_response": "Y", "rt": 412.5}'])
    test = study.open("tester", test=True)
    study.send(test, 0, [b'{"bean_text": "?", "bean_choices": ["y", "n"], "bean_response": "N"}'])
    header, line = looker.post("responses.csv", {"key": looker.key()}).text.splitlines()
    assert header == "participant,session,screen,trials,question,asked,response,rt_ms"
    # A spreadsheet must not compute what a participant wrote.
    assert line.split(",")[1:] == [opened["session"], "0", "0", "", "'=1+1", "Y", "412.5"]


def test_signing_out_ends_it(looker: Looker) -> None:
    looker.post("leave", {"key": looker.key()})
    assert "Finished" not in looker.get().text


@pytest.mark.parametrize(
    ("client", "base", "anywhere", "status"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", False, 200),
        ("::1", "http://[::1]:8000", False, 200),
        ("192.168.1.9", "http://192.168.1.2:8000", False, 403),
        ("192.168.1.9", "http://localhost:8000", False, 403),
        ("127.0.0.1", "http://rebound.example", False, 403),
        ("192.168.1.9", "https://study.example", False, 200),
        ("192.168.1.9", "http://192.168.1.2:8000", True, 200),
    ],
)
def test_it_answers_on_this_computer_and_by_https(
    study: Called, client: str, base: str, anywhere: bool, status: int
) -> None:
    assert Looker(study, client=client, base=base, anywhere=anywhere).get().status_code == status


def test_a_cookie_that_came_by_https_goes_by_https_alone(study: Called) -> None:
    looker = Looker(study, client="10.0.0.1", base="https://study.example")
    assert "Secure" in looker.enter(new_token(study.study.store)).headers["set-cookie"].split("; ")
