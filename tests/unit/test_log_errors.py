"""What `make log-errors` shows of two logs."""

import json
import subprocess
from pathlib import Path

import pytest

from cli import log_errors
from tests.outputs import assert_shown

ROOT = Path(__file__).parents[2]
LOGS = Path(__file__).parent / "probe_deployment" / "logs"


def run(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["log-errors", *arguments])
    return log_errors.main()


def test_says_what_is_new_and_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("--before", str(LOGS / "old.log"), "--after", str(LOGS / "new.log"))
    assert run(*files, "--format", "json", monkeypatch=monkeypatch) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["new"] is True
    assert found["lines"] == {"before": 4, "after": 6}
    assert found["counted"] == [False, True, True, False, True, False]
    changes = {each["class"]: each["change"] for each in found["errors"]}
    assert changes == {None: "new", "NoMethodError": "new", "Faraday::TimeoutError": "known"}
    assert "app/models/order.rb" in next(
        each["sample"] for each in found["errors"] if each["class"] == "NoMethodError"
    )


def test_the_page_shows_what_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("--before", str(LOGS / "old.log"), "--after", str(LOGS / "new.log"))
    run(*files, monkeypatch=monkeypatch)
    assert_shown("log-errors", capsys.readouterr().out)


def test_nothing_new_exits_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = str(LOGS / "old.log")
    assert run("--before", old, "--after", old, monkeypatch=monkeypatch) == 0
    assert "known" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--after", "no.log", monkeypatch=monkeypatch) == 2
    assert "no.log" in capsys.readouterr().err


def test_a_format_without_levels_is_said() -> None:
    rails = ["[0f5e] Card declined"] * 20
    assert log_errors.levels(rails) is False
    assert log_errors.levels([*rails, "E, [2026-01-15T10:26:31.1 #7] ERROR -- : x"]) is True
    assert log_errors.levels(rails[:5]) is None
    assert "writes no levels" in log_errors.text(log_errors.report([], rails))


def test_events_as_cloudwatch_exports_them_are_unpacked(tmp_path: Path) -> None:
    log = tmp_path / "exported.jsonl"
    event = {"timestamp": 1, "eventId": "1", "message": "rails aborted!"}
    log.write_text(json.dumps(event) + "\n" + json.dumps({"message": "own JSON"}) + "\n")
    assert log_errors.read(log) == ["rails aborted!", '{"message": "own JSON"}']


def make(*words: str) -> "subprocess.CompletedProcess[str]":
    """The target itself, in the environment that is there."""
    command = ["make", "-s", "-o", "setup", "log-errors", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_target_passes_its_files_and_format_on() -> None:
    old, new = f"BEFORE={LOGS / 'old.log'}", f"AFTER={LOGS / 'new.log'}"
    found = make(old, new, "FORMAT=json")
    assert found.returncode == 2  # make's own, of a program that exits with 1
    assert json.loads(found.stdout)["lines"] == {"before": 4, "after": 6}
    assert make(f"AFTER={LOGS / 'old.log'}", old).returncode == 0
    assert json.loads(make(new, "FORMAT=json").stdout)["lines"]["before"] == 0


def test_the_target_asks_for_the_log_that_it_needs() -> None:
    asked = make()
    assert asked.returncode == 2
    assert "AFTER=" in asked.stderr
