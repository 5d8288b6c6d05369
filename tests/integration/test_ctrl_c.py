"""Ctrl-C within the imports of a program, and three times over: one line, and nothing else."""

import os
import signal
import subprocess
import sys

import pytest

from paths import ROOT

PROGRAMS = ("local.demo", "local.playground", "cli.verdict", "cli.on_call", "benchmarks.scaling")


@pytest.mark.parametrize("module", PROGRAMS)
def test_a_program_ends_in_one_line(module: str) -> None:
    variables = {**os.environ, "PYTHONPATH": "functions:layers/common:layers/postgres"}
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", module],
        cwd=ROOT,
        env={name: value for name, value in variables.items() if name != "MAKELEVEL"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as program:
        assert program.stdout
        # The first module after ours has armed it: most of the imports are still to come.
        for line in program.stdout:
            if line.rstrip().endswith("local.ctrl_c"):
                break
        program.stdout.readline()
        for _ in range(3):
            program.send_signal(signal.SIGINT)
        said = [line for line in program.stdout if not line.startswith("import time:")]
    assert said == ["Stopped.\n"]
    assert program.returncode == 130


def test_make_adds_no_line_of_its_own() -> None:
    code = "import sys; sys.argv=['-m']; import local; raise KeyboardInterrupt"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "MAKELEVEL": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Stopped.\n")
