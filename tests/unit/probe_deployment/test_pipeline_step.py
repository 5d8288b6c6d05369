"""The step for GitHub Actions in docs/probes.md, run as a runner would: its exit code and calls."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from probe_deployment.superseded import Superseded

DOCS = Path(__file__).parents[3] / "docs" / "probes.md"
SHA = "3f786850e387550fdab836ed7e6dc881de23001b"
# Gives out the answers 1, 2, ... in its folder, and keeps the requests.
AWS = """#!/bin/sh
set -e
cd "$ANSWERS"
n=$(($(ls request* 2>/dev/null | wc -l) + 1))
while [ $# -gt 0 ]; do
  case $1 in --payload) printf %s "$2" > request$n; shift ;; verdict.json) out=$1 ;; esac
  shift
done
cp answer$n "$OLDPWD/$out"
cat metadata$n
"""

pytestmark = pytest.mark.skipif(not shutil.which("jq"), reason="the step needs jq")


@pytest.fixture(scope="module")
def script() -> str:
    (block,) = re.findall(
        r"```yaml\n(- name: Probe the deployment\n.*?)```", DOCS.read_text(), re.DOTALL
    )
    (step,) = yaml.safe_load(block)
    return str(step["run"])


def run(
    folder: Path, script: str, *answers: dict[str, Any]
) -> tuple[subprocess.CompletedProcess[str], list[Any]]:
    """The step on a runner whose Lambda gives these answers; and what it was asked."""
    programs, kept = folder / "bin", folder / "answers"
    programs.mkdir()
    kept.mkdir()
    for name, text in {"aws": AWS, "sleep": '#!/bin/sh\necho "slept $1"\n'}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    for number, answer in enumerate(answers, 1):
        metadata = {"StatusCode": 200}
        if "errorType" in answer:
            metadata["FunctionError"] = "Unhandled"
        (kept / f"answer{number}").write_text(json.dumps(answer))
        (kept / f"metadata{number}").write_text(json.dumps(metadata))
    done = subprocess.run(
        ["bash", "-e", "-c", script],  # GitHub's default for `run`
        cwd=folder,
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "ANSWERS": str(kept),
            "FUNCTION": "jiki-ops-probe-deployment",
            "GITHUB_SHA": SHA,
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done, [json.loads(path.read_text()) for path in sorted(kept.glob("request*"))]


def answer(status: str) -> dict[str, Any]:
    return {"status": status, "table": f"table of {status}", "summary": f"summary of {status}"}


def test_a_pass_ends_the_step_well_and_shows_the_table(tmp_path: Path, script: str) -> None:
    done, requests = run(tmp_path, script, answer("pass"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "table of pass\nsummary of pass\n"
    (request,) = requests
    assert request["trigger"] == "pipeline"
    assert request["expectedImageTag"] == SHA
    assert request["startedAt"].endswith("Z")


def test_a_failure_fails_the_job(tmp_path: Path, script: str) -> None:
    done, requests = run(tmp_path, script, answer("fail"))
    assert done.returncode == 1
    assert "table of fail" in done.stdout
    assert len(requests) == 1


def test_a_deployment_that_did_not_win_fails_the_job_and_says_why(
    tmp_path: Path, script: str
) -> None:
    lost = Superseded("ecs-svc/2 has replaced ecs-svc/1", "ecs-svc/1", "ecs-svc/2", gave_up=False)
    done, requests = run(tmp_path, script, lost.as_json())
    assert (done.returncode, done.stdout) == (1, f"{lost}\n")
    assert len(requests) == 1


def test_a_pending_verdict_is_asked_for_again_with_the_same_start(
    tmp_path: Path, script: str
) -> None:
    done, requests = run(tmp_path, script, answer("pending"), answer("pending"), answer("pass"))
    assert done.returncode == 0
    assert done.stdout.count("slept 15") == 2
    assert requests[0] == requests[1] == requests[2]


def test_a_function_that_breaks_fails_the_job(tmp_path: Path, script: str) -> None:
    done, _ = run(tmp_path, script, {"errorType": "SettingsError", "errorMessage": "x is missing"})
    assert done.returncode == 1
    assert "x is missing" in done.stdout


def test_a_call_that_is_refused_fails_the_job(tmp_path: Path, script: str) -> None:
    done, _ = run(tmp_path, script)  # aws itself fails
    assert done.returncode != 0
