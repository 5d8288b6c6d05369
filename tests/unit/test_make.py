"""What make's targets refuse before anything slow, and what they need of a checkout."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli import verdict
from paths import ROOT
from probe_deployment.suites import SUITES

MAKEFILE = (ROOT / "Makefile").read_text()


def test_a_suite_that_does_not_exist_is_refused_with_those_that_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["make", "--environment", "production", "--suite", "deploymnet"]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as ended:
        verdict.main()
    assert ended.value.code == 2
    assert all(name in capsys.readouterr().err for name in list(SUITES)[:1])


def test_no_file_of_ours_needs_the_mode_that_a_zip_may_lose() -> None:
    started = re.findall(r"(\w+) (?:cli|local|benchmarks)/\S+\.sh", MAKEFILE)
    assert started
    assert set(started) == {"sh"}
    assert not re.search(r"\bgit\b", MAKEFILE)


def test_ruff_leaves_virtual_environments_alone_without_git(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for place in ("cli/ours.py", ".venv/lib/theirs.py", ".venv-emulator/lib/theirs.py"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text("x=1\n")
    ruff = Path(sys.executable).with_name("ruff")
    shown = subprocess.run(
        [ruff, "check", "--show-files", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {Path(line).name for line in shown.split()} == {"pyproject.toml", "ours.py"}
