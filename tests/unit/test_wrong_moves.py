"""What a newcomer is told who lacks something, or names what isn't there."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import preview, verdict
from local import invoke
from local.demo import __main__ as demo
from paths import ROOT


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int | str | None, str]]:
    """The exit code of a program with these arguments, and what it said."""

    def run(main: Callable[[], object], *arguments: str) -> tuple[int | str | None, str]:
        monkeypatch.setattr(sys, "argv", ["program", *arguments])
        with pytest.raises(SystemExit) as ended:
            raise SystemExit(main())
        said = capsys.readouterr()
        return ended.value.code, said.out + said.err

    return run


def test_without_python_3_13_setup_says_where_to_get_it(tmp_path: Path) -> None:
    result = subprocess.run(
        ["/bin/sh", ROOT / "local/find_python.sh"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path), "PYTHON": "/bin/false"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "PYTHON=/bin/false is none" in result.stderr
    assert "No CPython 3.13 found. Install it" in result.stderr


def test_setup_takes_the_python_that_was_named(tmp_path: Path) -> None:
    result = subprocess.run(
        ["/bin/sh", ROOT / "local/find_python.sh"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == sys.executable


def test_a_story_that_is_not_there_is_named_with_those_that_are(told) -> None:
    code, said = told(demo.main, "rotatoin")
    assert code == 2
    assert (
        "no story rotatoin; there are rotation, scaling, alert, outage, probe, environments" in said
    )


def test_a_function_that_is_not_there_is_named_with_those_that_are(told) -> None:
    code, said = told(invoke.main, "ScaleWorker", "events/scale_workers/tick.json")
    assert code == 2
    assert "ScaleWorker" in said
    assert "RotatePassword" in said


@pytest.mark.parametrize("name", ["events/no_such_file.json", "README.md"])
def test_an_event_that_is_none_is_named(told, name: str) -> None:
    code, said = told(invoke.main, "ScaleWorkers", str(ROOT / name))
    assert code == 2
    assert f"{name} is no event" in said


@pytest.mark.parametrize("name", ["events/no_such_file.json", "README.md"])
def test_what_can_not_be_previewed_is_named(told, name: str) -> None:
    code, said = told(preview.main, str(ROOT / name))
    assert code == 2
    assert f"{name} can't be shown" in said


def test_without_a_container_engine_invoke_says_so(told, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = told(invoke.main, "ScaleWorkers", str(ROOT / "events/scale_workers/tick.json"))
    assert code == 2
    assert "no container engine" in said


def test_without_credentials_there_is_no_verdict(told, monkeypatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    code, said = told(verdict.main, "--stack", "jiki-ops")
    assert code == 2
    assert "No verdict: Unable to locate credentials" in said
