"""What make's targets refuse before anything slow, and what they need of a checkout."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

from cli import verdict
from local.demo import __main__ as demo
from local.demo.__main__ import STORIES
from local.drills import __main__ as drills
from local.drills.drill import DRILLS
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
    said = capsys.readouterr().err
    assert all(name in said for name in SUITES)


@pytest.mark.parametrize(
    ("program", "known"), [(demo, STORIES), (drills, DRILLS)], ids=["story", "drill"]
)
def test_a_story_or_drill_that_does_not_exist_is_refused_with_those_that_do(
    program: ModuleType,
    known: Iterable[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["make", "rotatoin"])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert all(name in said for name in known)


def test_what_the_demo_names_next_is_there() -> None:
    named = re.findall(r"make ([a-z]+)", demo.NEXT)
    assert len(named) == 3
    assert max(map(len, demo.NEXT.splitlines())) <= 80
    assert set(named) <= set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert all((ROOT / page).exists() for page in re.findall(r"docs/\S+", demo.NEXT))


NEEDS = re.findall(r"^([a-z-]+): ((?:has-[A-Z]+ )+)setup", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize(("target", "names"), NEEDS, ids=[target for target, _ in NEEDS])
def test_what_a_target_needs_is_asked_for_before_the_set_up(target: str, names: str) -> None:
    given: list[str] = []
    for name in (word.removeprefix("has-") for word in names.split()):
        refused = make(target, *given)
        assert refused.returncode == 2
        assert "Say which" in refused.stderr
        assert f"{name}=" in refused.stderr
        assert "Setting up" not in refused.stdout
        given.append(f"{name}=x")
    # Make's own rules: none of them is asked for by mistake.
    assert make("-n", target, *given).returncode == 0


def test_every_variable_without_which_a_recipe_fails_is_one_of_them() -> None:
    assert {target for target, _ in NEEDS} >= {"deploy", "load-test", "replay", "hold", "invoke"}
    assert "$(error Say" not in MAKEFILE.replace("@$(if $($*),:,$(error Say", "")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


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
