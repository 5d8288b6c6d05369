"""However a run ends, the emulator ends with it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from local.world import World
from paths import ROOT

PROGRAM = """
import sys, time
from local.ministack import MiniStack
with MiniStack.start() as emulator:
    print(emulator.log_file.parent, flush=True)
    time.sleep(600)
"""


def processes_in(folder: Path) -> list[str]:
    """Those whose working folder it is, as MiniStack's and its functions' is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(process.name)
        except OSError:
            continue
    return found


def test_a_run_that_is_killed_leaves_no_emulator_and_no_folder() -> None:
    # GIVEN an emulator that another process has started
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout
        folder = Path(run.stdout.readline().strip())
        assert processes_in(folder)
        # WHEN that one is killed so that it can clean nothing up
        os.kill(run.pid, signal.SIGKILL)
    # THEN all of it is gone soon
    deadline = time.monotonic() + 10
    while processes_in(folder) or folder.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_sam_writes_beside_a_build_is_in_the_run_s_own_folder(world: World) -> None:
    assert world.build_folder.parent.name.startswith("jiki-build-")
