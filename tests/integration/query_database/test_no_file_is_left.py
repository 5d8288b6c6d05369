"""The file of roots that libpq is given ends with the process, however that ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from paths import ROOT

PROGRAM = """
import sys, time
from query_database.connection import file_of_this_process
print(file_of_this_process("roots"), flush=True)
time.sleep(60)
"""


def test_a_killed_process_leaves_no_pem(tmp_path: Path) -> None:
    folders = os.pathsep.join(
        str(ROOT / name) for name in ("functions", "layers/common", "layers/postgres")
    )
    names = ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE")
    variables = {"PYTHONPATH": folders, "TMPDIR": str(tmp_path), **dict.fromkeys(names, "Test")}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout
        path = run.stdout.readline().strip()
        # Readable by libpq, which opens it by its path in the same process.
        assert Path(path.replace("self", str(run.pid))).read_text() == "roots"
        os.kill(run.pid, signal.SIGKILL)
    assert list(tmp_path.iterdir()) == []
