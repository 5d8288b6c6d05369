"""What the answers of query_database amount to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ops_common.answers.system import ConnectionUsage, Migrations, QueueProcesses
from probe_deployment.cause import Cause
from probe_deployment.checks import connections, migrations, solid_queue
from probe_deployment.finding import Finding, Status
from tests.unit.probe_deployment.samples import NOW

SINCE = NOW - timedelta(minutes=5)


def process(kind: str, *, minutes: float = 2, age: float = 30, claims: int = 0) -> dict[str, Any]:
    registered = NOW - timedelta(minutes=minutes)
    return {
        "kind": kind,
        "hostname": "ip-10-1-1-5",
        "registered_at": registered.isoformat(),
        "heartbeat_age_seconds": age,
        "claims": claims,
    }


def answered(*processes: dict[str, Any], orphaned: int = 0) -> QueueProcesses:
    answer = {"processes": list(processes), "orphaned_claims": orphaned, "alive_seconds": 300}
    return QueueProcesses.from_json(answer)


def of_queue(*processes: dict[str, Any], orphaned: int = 0) -> Finding:
    return solid_queue.judge(answered(*processes, orphaned=orphaned), SINCE, "read the log")


UP = (process("Worker"), process("Dispatcher"))


def test_a_worker_and_a_dispatcher_of_the_deployment_with_heartbeats_pass() -> None:
    assert of_queue(*UP, process("Worker", minutes=60)).status is Status.PASS


@pytest.mark.parametrize(
    ("processes", "missing"),
    [
        ((), ("Worker", "Dispatcher")),
        ((process("Worker", minutes=60), process("Dispatcher")), ("Worker",)),
        ((process("Worker", age=131), process("Dispatcher")), ("Worker",)),
        ((process("Worker"), process("Supervisor(fork)")), ("Dispatcher",)),
    ],
)
def test_older_processes_and_silent_ones_do_not_count(
    processes: tuple[dict[str, Any], ...], missing: tuple[str, ...]
) -> None:
    finding = of_queue(*processes)
    assert (finding.status, finding.cause) == (Status.FAIL, Cause.NO_HEARTBEAT)
    assert finding.subjects == missing


def test_a_dispatcher_of_another_worker_service_does_for_all() -> None:
    older = answered(process("Worker"), process("Dispatcher", minutes=60))
    assert solid_queue.judge(older, SINCE, "", others=True).status is Status.PASS
    assert solid_queue.judge(older, SINCE, "", others=False).subjects == ("Dispatcher",)
    silent = answered(process("Worker"), process("Dispatcher", minutes=60, age=131))
    assert solid_queue.judge(silent, SINCE, "", others=True).subjects == ("Dispatcher",)
    old = answered(process("Worker", minutes=60), process("Dispatcher", minutes=60))
    assert solid_queue.judge(old, SINCE, "", others=True).subjects == ("Worker",)


def test_claims_of_silent_processes_and_of_vanished_ones_are_lost() -> None:
    silent = process("Worker", minutes=60, age=301, claims=3)
    assert solid_queue.lost_claims(answered(*UP, silent, orphaned=2)) == 5
    assert of_queue(*UP, silent).cause is Cause.LOST_CLAIMS
    # One that is late, but not dead, may still be working on them.
    assert of_queue(*UP, process("Worker", age=299, claims=3)).status is Status.PASS


class Limits:
    """The settings that the check of connections reads: 4 × 10 + 10 × 5 + 10 = 100."""

    web_max_tasks, connections_per_web_task = 4, 10
    worker_max_tasks, connections_per_worker_task = 10, 5
    connection_reserve = 10


def of_connections(used: int, maximum: int, limit_tasks: Callable[[int], str] = str) -> Finding:
    usage = {
        "used": used,
        "max_connections": maximum,
        "reserved": 3,
        "by_application": {"puma": used - 1},
    }
    return connections.judge(ConnectionUsage.from_json(usage), Limits(), limit_tasks)


@pytest.mark.parametrize(
    ("used", "maximum", "cause"),
    [
        (80, 103, None),
        (81, 103, Cause.IN_USE),
        (10, 102, Cause.SCALE_OUT),
    ],
)
def test_connections_must_fit_now_and_at_full_scale_out(
    used: int, maximum: int, cause: Cause | None
) -> None:
    finding = of_connections(used, maximum)
    assert finding.cause is cause
    assert (finding.status is Status.PASS) is (cause is None)


@pytest.mark.parametrize(("maximum", "tasks"), [(102, [9]), (40, [])])
def test_as_many_worker_tasks_as_fit_are_proposed_if_any_do(maximum: int, tasks: list[int]) -> None:
    asked: list[int] = []
    finding = of_connections(10, maximum, lambda tasks: str(asked.append(tasks)))
    assert (finding.cause, asked) == (Cause.SCALE_OUT, tasks)


@pytest.mark.parametrize(
    ("running", "versions", "expected", "status", "cause"),
    [
        (True, {"public": "2"}, None, "fail", Cause.MIGRATING),
        (False, {}, "2", "skip", None),
        (False, {"public": "2"}, None, "pass", None),
        (False, {"public": "2"}, "3", "fail", Cause.SCHEMA_VERSION),
        (False, {"a": "2", "b": "1"}, None, "fail", Cause.SCHEMA_VERSION),
        (False, {"a": "2", "b": None}, None, "fail", Cause.SCHEMA_VERSION),
    ],
)
def test_migrations_are_settled_at_one_version(
    running: bool,
    versions: dict[str, str | None],
    expected: str | None,
    status: str,
    cause: Cause | None,
) -> None:
    finding = migrations.judge(Migrations(running, versions), expected)
    assert (finding.status, finding.cause) == (status, cause)
