"""What the answers of query_database amount to."""

from datetime import timedelta
from typing import Any

import pytest

from ops_common.answers.system import ConnectionUsage, Migrations, QueueProcesses
from probe_deployment.checks import connections, migrations, solid_queue
from probe_deployment.finding import Finding, Status
from tests.unit.probe_deployment.samples import NOW

SINCE = NOW - timedelta(minutes=5)


def process(kind: str, *, minutes: float = 2, beat: float = 30, claims: int = 0) -> dict[str, Any]:
    registered = NOW - timedelta(minutes=minutes)
    return {
        "kind": kind,
        "hostname": "ip-10-1-1-5",
        "registered_at": registered.isoformat(),
        "heartbeat_age_seconds": beat,
        "claims": claims,
    }


def of_queue(*processes: dict[str, Any], orphaned: int = 0) -> Finding:
    answer = {"processes": list(processes), "orphaned_claims": orphaned, "alive_seconds": 300}
    return solid_queue.judge(QueueProcesses.from_json(answer), SINCE, "read the log")


UP = (process("Worker"), process("Dispatcher"))


def test_a_worker_and_a_dispatcher_of_the_deployment_that_beat_pass() -> None:
    assert of_queue(*UP, process("Worker", minutes=60)).status is Status.PASS


@pytest.mark.parametrize(
    ("processes", "observed"),
    [
        ((), "no worker and no dispatcher with a current heartbeat among 0 processes"),
        ((process("Worker", minutes=60), process("Dispatcher")), "no worker with"),
        ((process("Worker", beat=131), process("Dispatcher")), "no worker with"),
        ((process("Worker"), process("Supervisor(fork)")), "no dispatcher with"),
    ],
)
def test_older_processes_and_silent_ones_do_not_count(
    processes: tuple[dict[str, Any], ...], observed: str
) -> None:
    finding = of_queue(*processes)
    assert finding.status is Status.FAIL
    assert observed in finding.observed


def test_claims_of_silent_processes_and_of_vanished_ones_are_lost() -> None:
    silent = process("Worker", minutes=60, beat=301, claims=3)
    finding = of_queue(*UP, silent, orphaned=2)
    assert finding.observed == "5 claims held by processes that are gone"
    # One that is late, but not dead, may still be working on them.
    assert of_queue(*UP, process("Worker", beat=299, claims=3)).status is Status.PASS


class Limits:
    """The settings that the check of connections reads: 4 × 10 + 10 × 5 + 10 = 100."""

    web_max_tasks, connections_per_web_task = 4, 10
    worker_max_tasks, connections_per_worker_task = 10, 5
    connection_reserve = 10


def of_connections(used: int, maximum: int) -> Finding:
    usage = {
        "used": used,
        "max_connections": maximum,
        "reserved": 3,
        "by_application": {"puma": used - 1},
    }
    return connections.judge(
        ConnectionUsage.from_json(usage), Limits(), lambda tasks: f"MaxTasks={tasks}"
    )


@pytest.mark.parametrize(
    ("used", "maximum", "status", "words"),
    [
        (80, 103, Status.PASS, ""),
        (81, 103, Status.FAIL, "find who holds them"),
        (10, 102, Status.FAIL, "MaxTasks=9"),
        (10, 40, Status.FAIL, "raise the cluster's maximum ACU"),
    ],
)
def test_connections_must_fit_now_and_at_full_scale_out(
    used: int, maximum: int, status: Status, words: str
) -> None:
    finding = of_connections(used, maximum)
    assert finding.status is status
    assert words in finding.remedy
    assert "MaxTasks=-" not in finding.remedy


@pytest.mark.parametrize(
    ("answer", "expected", "status", "observed"),
    [
        ({"running": True, "versions": {"public": "2"}}, None, "fail", "a migration is running"),
        ({"running": False, "versions": {}}, "2", "skip", "not a Rails database"),
        ({"running": False, "versions": {"public": "2"}}, None, "pass", "public 2"),
        ({"running": False, "versions": {"public": "2"}}, "3", "fail", "public 2"),
        ({"running": False, "versions": {"a": "2", "b": "1"}}, None, "fail", "a 2, b 1"),
        ({"running": False, "versions": {"a": "2", "b": None}}, None, "fail", "b empty"),
    ],
)
def test_migrations_are_settled_at_one_version(
    answer: dict[str, Any], expected: str | None, status: str, observed: str
) -> None:
    finding = migrations.judge(Migrations.from_json(answer), expected)
    assert finding.status == status
    assert observed in finding.observed
