"""Twenty-four players, one for each fault and each way out; then their data, as docs/collecting.md says."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from collecting import Served, stored
from phone_player import PhonePlayer, play_on_a_phone
from program_players import Player
from twinbean.cli import app
from twinbean.collect.collected import collected
from twinbean.collect.reading import read, read_study
from twinbean.collect.study import open_study
from twinbean.errors import RecordMismatch
from twinbean.testing.browser import BrowserNotFound
from twinbean.testing.participants import Misfortune, Refused

LINK = "https://panel.example/?cc=DONE"
SERVE = (
    *("--set", "trials=8", "--consent", "consent.txt", "--completion-url", LINK),
    *("--code", "screened_out=OUT", "--code", "failed_check=FAILED", "--code", "withdrawn=GONE"),
    *("--exclude-participants", "excluded.txt"),
)


class Cast:
    """The players by name, what became of each, and the rows that each of them has sent."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.players: dict[str, Player | PhonePlayer] = {}
        self.links: dict[str, str | None] = {}

    def player(self, name: str, *, of: str | None = "", **options: Any) -> Player:
        """A browser; `of` is the id in its link, its name unless it says otherwise."""
        options.setdefault("ids", {"session_id": f"sub-{name}".replace(" ", "-")})
        who = name if of == "" else of
        self.players[name] = Player(self.served.address, self.served.folder, name=who, **options)
        return self.players[name]

    async def to_the_end(self, name: str, outcome: str = "done", *, rows: int | None = None, **options: Any) -> None:
        player = self.player(name, **options)
        await player.send(rows)
        self.links[name] = (await player.finish(outcome)).get("url")

    async def plays_on_a_phone(self, name: str) -> None:
        try:
            player = await asyncio.to_thread(play_on_a_phone, self.served.address, name, trials=8)
        except BrowserNotFound:
            await self.to_the_end(name)
            return
        self.players[name], self.links[name] = player, player.link

    async def declines(self, name: str) -> None:
        player = self.player(name)
        await player.visit("opened")
        await player.visit("declined")

    async def leaves(self, name: str, rows: int) -> None:
        await self.player(name).send(rows)

    async def withdraws(self, name: str, rows: int) -> None:
        player = self.player(name)
        await player.send(rows)
        self.links[name] = (await player.withdraw())["url"]
        with pytest.raises(Refused, match="410"):
            await player.finish()

    async def two_devices(self, name: str) -> None:
        await self.player(f"{name} 1", of=name).send(7)
        # Another browser draws other numbers.
        await self.to_the_end(f"{name} 2", of=name, misfortune=Misfortune(seed=2))

    async def comes_back(self, name: str) -> None:
        await self.to_the_end(name)
        again = await self.players[name].open()
        assert (again["status"], again["url"]) == ("completed", LINK)

    async def claims_too_early(self, name: str) -> None:
        player = self.player(name)
        await player.send(10)
        reply = await player.finish()
        assert not reply["complete"]
        assert "url" not in reply
        await player.send()
        self.links[name] = (await player.finish())["url"]

    async def lies(self, name: str) -> None:
        player = self.player(name)
        await player.open()
        rows = [json.loads(row) for row in player.rows_for(player.opened)]
        rows = [row | {"bean_value": 500} if "bean_bandits" in row else row for row in rows]
        player.rows = [json.dumps(row).encode() for row in rows]
        await player.drain()
        self.links[name] = (await player.finish())["url"]

    async def says_otherwise(self, name: str) -> None:
        player = self.player(name)
        await player.send()
        true, player.rows = player.rows, [b'{"other":true}', *player.rows[1:]]
        player.acknowledged = set(range(1, len(true)))
        with pytest.raises(Refused, match="409"):
            await player.drain()
        player.rows, player.acknowledged = true, set(range(len(true)))
        self.links[name] = (await player.finish())["url"]

    async def is_turned_away(self, name: str) -> None:
        assert (await self.player(name).open())["status"] == "blocked"

    async def sees_the_server_die(self, name: str) -> None:
        player = self.player(name)
        await player.send(9)
        await asyncio.to_thread(self.served.kill)
        await asyncio.to_thread(self.served.start)
        await player.send()
        self.links[name] = (await player.finish())["url"]


def parts(cast: Cast) -> dict[str, Callable[[], Awaitable[None]]]:
    """What each of the twenty-four does."""

    def unlucky(*kinds: str) -> dict[str, Any]:
        return {"misfortune": Misfortune(rate=0.3, kinds=kinds, seed=1)}

    everything = unlucky("cut", "repeat", "reload", "early")
    to_the_end = cast.to_the_end
    return {
        "phone": lambda: cast.plays_on_a_phone("phone"),
        "cut": lambda: to_the_end("cut", **unlucky("cut")),
        "repeat": lambda: to_the_end("repeat", **unlucky("repeat")),
        "reload": lambda: to_the_end("reload", **unlucky("reload")),
        "early": lambda: to_the_end("early", **unlucky("early")),
        "everything": lambda: to_the_end("everything", **everything),
        "anonymous": lambda: to_the_end("anonymous", ids={}, of=None),
        "declined": lambda: cast.declines("declined"),
        "withdrew early": lambda: cast.withdraws("withdrew early", 4),
        "withdrew late": lambda: cast.withdraws("withdrew late", 16),
        "screened out": lambda: to_the_end("screened out", "screened_out", rows=2),
        "failed a check": lambda: to_the_end("failed a check", "failed_check", rows=6),
        "left at once": lambda: cast.leaves("left at once", 0),
        "left after one": lambda: cast.leaves("left after one", 1),
        "left half-way": lambda: cast.leaves("left half-way", 9),
        "two devices": lambda: cast.two_devices("two devices"),
        "came back": lambda: cast.comes_back("came back"),
        "claimed early": lambda: cast.claims_too_early("claimed early"),
        "liar": lambda: cast.lies("liar"),
        "otherwise": lambda: cast.says_otherwise("otherwise"),
        "excluded": lambda: cast.is_turned_away("excluded"),
        "test": lambda: to_the_end("test", test=True),
        "placeholder": lambda: to_the_end("placeholder", of="{{%PROLIFIC_PID%}}"),
        "preview": lambda: to_the_end("preview", ids={"session_id": "ASSIGNMENT_ID_NOT_AVAILABLE"}),
    }


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    folder = tmp_path_factory.mktemp("end_to_end")
    (folder / "consent.txt").write_text("You can stop at any time.", encoding="utf-8")
    (folder / "excluded.txt").write_text("excluded\n", encoding="utf-8")
    options = [str(folder / option) if option.endswith(".txt") else option for option in SERVE]

    async def all_of_them() -> None:
        found = parts(cast)
        assert len(found) == 24
        await asyncio.gather(*(part() for part in found.values()))
        await cast.sees_the_server_die("killed")
        for player in cast.players.values():
            player.close()

    with Served(folder / "study", *options) as served:
        cast = Cast(served)
        asyncio.run(all_of_them())
    return cast


DONE = [
    *("phone", "cut", "repeat", "reload", "early", "everything", "anonymous", "two devices 2", "came back"),
    *("claimed early", "liar", "otherwise", "killed"),
]


def test_each_way_out_has_its_link(played: Cast) -> None:
    links = dict.fromkeys(DONE, LINK)
    links |= {"screened out": LINK.replace("DONE", "OUT"), "failed a check": LINK.replace("DONE", "FAILED")}
    links |= dict.fromkeys(("withdrew early", "withdrew late"), LINK.replace("DONE", "GONE"))
    links |= dict.fromkeys(("test", "placeholder", "preview"), None)
    assert played.links == links


def test_each_players_rows_are_there_byte_for_byte_once(played: Cast) -> None:
    rows = stored(played.served.folder)
    by_session: dict[str, list[bytes]] = {}
    for session, seq in sorted(rows):
        by_session.setdefault(session, []).append(rows[session, seq])
    for name, player in played.players.items():
        if name in ("declined", "excluded"):
            assert "session" not in player.opened
        else:
            sent = [] if name.startswith("withdrew") else player.rows
            assert by_session.pop(player.session, []) == sent, name
    assert by_session == {}
    with open_study(played.served.folder) as study:
        found = {one.record.session: list(one.rows) for one in study.store.read(collected)}
    assert {session: sent for session, sent in found.items() if sent} == {
        player.session: player.rows
        for name, player in played.players.items()
        if player.rows and not name.startswith("withdrew")
    }


def test_the_phone_was_touched(played: Cast) -> None:
    player = played.players["phone"]
    if not isinstance(player, PhonePlayer):
        pytest.skip("no Chromium was found")
    rows = list(map(json.loads, player.rows))
    assert {row["input"] for row in rows if "bean_bandits" in row} == {"touch"}
    assert all(row["trusted"] for row in rows if "bean_bandits" in row)
    device = rows[0]["device"]
    assert (device["window"], device["touch_points"] > 0) == ([390, 844], True)


def test_who_counts_is_read_and_the_others_with_the_reason(played: Cast) -> None:
    data = read_study(played.served.folder)
    sessions = {player.session: name for name, player in played.players.items() if "session" in player.opened}
    reasons = {sessions[session]: reason for session, reason in data.left_out.items()}
    assert reasons == {
        "withdrew early": "withdrawn",
        "withdrew late": "withdrawn",
        "left at once": "nothing answered yet",
        "two devices 2": "attempt 2 of the participant",
        "test": "a test visit",
        "placeholder": "a test visit",
        "preview": "a test visit",
    }
    counted = {sessions[one.session]: len(one.trials) for one in data.sessions}
    expected = dict.fromkeys((name for name in DONE if name != "two devices 2"), 8)
    expected |= {"screened out": 1, "failed a check": 3, "left after one": 1, "left half-way": 5, "two devices 1": 4}
    assert counted == expected
    assert data.unreadable == {}


def test_read_replay_compare_and_bonus_are_one_command_each(
    played: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    study = str(played.served.folder)

    def run(*arguments: str) -> str:
        app(list(arguments), standalone_mode=False)
        return capsys.readouterr().err

    run("convert", study, "-o", "people.csv")
    people = pd.read_csv("people.csv", dtype=str)
    assert people["participant"].nunique() == len(read(study))
    # The liar's payoffs contradict the task, which stops a replay: to exclude them is the researcher's to say.
    replayed = ("replay", "two_armed_bandit", study, "--finished", "--after", "5", "--model", "smollm2", "-o")
    with pytest.raises(RecordMismatch, match="500"):
        run(*replayed, "stopped")
    run("exclude", study, played.players["liar"].session)
    honest = read(study, finished=True)
    assert len(honest) == len(DONE) - 2
    run(*replayed, "after_5")
    trials = pd.read_csv("after_5/trials.csv")
    own = trials[trials["origin"] == "subject"]
    assert Counter(own["session"]) == {f"{one.session}.0": 3 for one in honest}
    run("compare", study, "after_5", "--finished", "--models", "base_rate", "-o", "report")
    assert (Path("report") / "report.html").exists()
    told = run("bonus", study, "--rate", "0.01", "--cap", "5", "-o", "bonus.csv")
    paid = {line.split(",")[0] for line in Path("bonus.csv").read_text().splitlines()}
    unpaid = {"two devices 2", "anonymous", "otherwise", "liar"}
    assert paid == {f"sub-{name}".replace(" ", "-") for name in DONE if name not in unpaid}
    reasons = [line.partition(": no bonus for session ")[2].partition(": ")[2] for line in told.splitlines()]
    assert {"its link named no submission", "1 rows came with other bytes", "the participant is excluded"} <= set(
        reasons
    )
    assert len(reasons) == len(played.players) - len(paid) - 2
