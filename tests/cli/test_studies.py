"""The commands that look after a study say in one line what they did, and refuse in one what they cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest

from collecting import Called
from taking_part import take_part
from twinbean.cli import app
from twinbean.cli.app import main


@pytest.fixture
def study(tmp_path: Path) -> Path:
    with Called(tmp_path / "study", parameters={"trials": 4}) as called:
        for n in range(3):
            take_part(called, f"p{n}", ids={"session_id": f"sub{n}"})
        take_part(called, "left", rows=2, outcome=None)
    return tmp_path / "study"


def test_status_bonus_backup_erase_and_convert(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def printed(*arguments: object) -> tuple[str, str]:
        app([str(argument) for argument in arguments], standalone_mode=False)
        out, err = capsys.readouterr()
        return out, err

    out, _ = printed("status", study)
    assert "two_armed_bandit, open; opened 0, declined 0, tests 0" in out
    assert out.splitlines()[2].split()[:6] == ["all", "4", "1", "3", "0", "0"]
    out, err = printed("bonus", study, "--rate", "0.01", "--cap", "5", "--total", "20", "-o", "bonus.csv")
    assert "3 bonuses" in out
    assert "nobody was paid" in out
    assert "not finished" in err
    assert len(Path("bonus.csv").read_text().splitlines()) == 3
    assert "no bonus to write" in printed("bonus", study, "--rate", "0.01", "-o", "more.csv")[0]
    assert "0 older copies removed" in printed("backup", study)[0]
    assert "1 participants are excluded" in printed("exclude", study, "p1")[0]
    out, _ = printed("erase", study, "left")
    assert "2 rows of 1 sessions were erased" in out
    assert "until the next `twinbean backup" in out
    copy = next((study / "backups").glob("*.sqlite"))
    assert "restored from" in printed("backup", study, "--restore", copy)[0]
    printed("convert", study, "-o", "people.csv", "--identified")
    # The copy is from before the exclusion.
    assert {line.split(",")[0] for line in Path("people.csv").read_text().splitlines()[1:]} == {"p0", "p1", "p2"}
    printed("convert", study, "-o", "people.csv")
    assert "p0" not in Path("people.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("status", "gone"), "gone is no study: it holds no study.json"),
        (("bonus", "study", "--rate", "a lot", "-o", "b.csv"), "--rate is 'a lot', expected an amount above 0"),
        (("bonus", "study", "--rate", "-1", "-o", "b.csv"), "--rate is '-1', expected an amount above 0"),
        (("bonus", "study", "--rate", "1", "--total", "0.5", "-o", "b.csv"), "nothing was written"),
        (("erase", "study", "nobody"), "no participant of the study is called 'nobody'"),
        (("exclude", "study", "nobody"), "no participant of the study is called 'nobody'"),
        (("backup", "study", "--restore", "gone.sqlite"), "gone.sqlite does not exist"),
        (("backup", "study", "--keep", "0"), "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    study: Path,
    arguments: tuple[str, ...],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(study.parent)
    monkeypatch.setattr("sys.argv", ["twinbean", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("twinbean: error: ")
    assert message in last
