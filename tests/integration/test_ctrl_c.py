"""Ctrl-C within the imports of a program, and three times over: one line, and nothing else."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from paths import ROOT

PROGRAMS = (
    *("local.demo", "local.playground", "local.drills", "cli.deploy", "cli.verdict", "cli.on_call"),
    *("benchmarks.scaling", "benchmarks.loadtest"),
)
VARIABLES = {
    name: value
    for name, value in (
        os.environ | {"PYTHONPATH": "functions:layers/common:layers/postgres"}
    ).items()
    if name != "MAKELEVEL"
}


@pytest.mark.parametrize("module", PROGRAMS)
def test_a_program_ends_in_one_line(module: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", module],
        cwd=ROOT,
        env=VARIABLES,
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


DROPPED = """
import sys, time
sys.argv = ["-m"]
import local

class Dropped:
    def __del__(self):
        raise KeyboardInterrupt

Dropped()
time.sleep(60)
"""


def test_one_that_python_drops_ends_the_program_all_the_same() -> None:
    command = [sys.executable, "-c", DROPPED]
    done = subprocess.run(
        command, cwd=ROOT, env=VARIABLES, capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")


LOAD = ["-m", "benchmarks.loadtest", "http://127.0.0.1:9", "--minutes", "1"]
POOL = """
import local, os, sys, time
from local.ctrl_c import arm
sys.argv = ["-m"]
arm()
from local.drills.play import pool_of
if __name__ == "__main__":
    with pool_of(2) as pool:
        try:
            pool.submit(os.getpid).result()
            busy = [pool.submit(time.sleep, 10_000) for _ in range(6)]
            print("begun", flush=True)
            busy[0].result()
        finally:
            pool.shutdown(cancel_futures=True)
"""


@pytest.mark.parametrize("program", [LOAD, ["-c", POOL]], ids=["load test", "drills' processes"])
def test_what_runs_beside_or_below_a_program_adds_no_line(program: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", *program],
        cwd=ROOT,
        env=VARIABLES,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout
        # What hangs is a failure, and not of the whole run.
        guard = threading.Timer(60, os.killpg, (running.pid, signal.SIGKILL))
        guard.start()
        running.stdout.readline()
        # As a terminal does: all of the group, three times.
        for _ in range(3):
            os.killpg(running.pid, signal.SIGINT)
        said = running.stdout.read()
        guard.cancel()
    assert said == "Stopped.\n"
