"""The whole handler: moto, the ECS stand-in, query_database in process, a real PostgreSQL."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.ecs import EcsStandIn
from local.lambda_endpoint import Context, LambdaEndpoint
from local.moto_aws import OPS_TABLE, MotoAws
from ops_common.database_cause import DatabaseCause
from ops_common.observability import logger
from ops_common.packed_text import unpack
from scale_workers import app
from scale_workers.login import LoginCache
from scale_workers.memory import Remembered
from scale_workers.policy.history import Memory, RequiredTasks
from scale_workers.policy.outcome import HeldBy
from tests.conftest import Database

WORKER_SERVICE = "jiki-api-solid-queue"
NOW = "now() AT TIME ZONE 'UTC'"


@pytest.fixture
def tick(
    database: Database,
    aws: MotoAws,
    ecs: EcsStandIn,
    lambda_endpoint: LambdaEndpoint,
    lambda_context: Context,
    event: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], dict[str, Any]]:
    """Runs one tick as the schedule does; each test begins in a cold process."""
    monkeypatch.setattr(app, "login_cache", LoginCache())
    return lambda: app.handler(event("scale_workers/tick"), lambda_context)


def enqueue(database: Database, count: int) -> None:
    database.admin.execute(
        "WITH jobs AS (INSERT INTO solid_queue_jobs (queue_name, class_name, created_at,"
        f" updated_at) SELECT 'default', 'Job', {NOW}, {NOW} FROM generate_series(1, %s)"
        " RETURNING *)"
        " INSERT INTO solid_queue_ready_executions (job_id, queue_name, created_at)"
        " SELECT id, queue_name, created_at FROM jobs",
        (count,),
    )


def register_workers(database: Database, ecs: EcsStandIn, *, busy: int = 0) -> None:
    """A worker process per running task; the first `busy` of them run a job each."""
    database.admin.execute("DELETE FROM solid_queue_processes")
    for number, task in enumerate(ecs.running_tasks(WORKER_SERVICE)):
        row = database.admin.execute(
            "INSERT INTO solid_queue_processes (kind, last_heartbeat_at, pid, hostname, metadata,"
            f" name, created_at) VALUES ('Worker', {NOW}, 1, %s, %s, %s, {NOW}) RETURNING id",
            (task.host_name, '{"queues":"*","thread_pool_size":3}', f"worker-{number}"),
        ).fetchone()
        assert row is not None
        if number < busy:
            database.admin.execute(
                "WITH jobs AS (INSERT INTO solid_queue_jobs (queue_name, class_name, created_at,"
                f" updated_at) VALUES ('default', 'Job', {NOW}, {NOW}) RETURNING id)"
                " INSERT INTO solid_queue_claimed_executions (job_id, process_id, created_at)"
                f" SELECT id, %s, {NOW} FROM jobs",
                row,
            )


def remember_quiet(aws: MotoAws) -> None:
    """A memory in which the required capacity has been low for longer than the patience."""
    now = datetime.now(UTC)
    required = tuple(
        RequiredTasks(now - timedelta(seconds=60 * ago), 1, 1) for ago in range(9, 0, -1)
    )
    memory = Memory(measured_at=now - timedelta(seconds=60), required=required)
    aws.client("dynamodb").put_item(
        TableName=OPS_TABLE,
        Item={
            "id": {"S": f"scaling#{WORKER_SERVICE}"},
            "version": {"N": "41"},
            "state": {"S": json.dumps(Remembered(memory).as_json())},
        },
    )


def item(aws: MotoAws) -> dict[str, Any]:
    key = {"id": {"S": f"scaling#{WORKER_SERVICE}"}}
    found: dict[str, Any] = aws.client("dynamodb").get_item(TableName=OPS_TABLE, Key=key)["Item"]
    return found


def desired(ecs: EcsStandIn) -> int:
    return ecs.service(WORKER_SERVICE).desired


def log_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Our own log lines, as Powertools writes them."""
    return [
        json.loads(logger.registered_formatter.format(record))
        for record in caplog.records
        if record.name == logger.name
    ]


def test_scales_out_on_a_backlog_and_logs_one_line_that_says_why(
    tick: Callable[[], dict[str, Any]],
    database: Database,
    ecs: EcsStandIn,
    aws: MotoAws,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    register_workers(database, ecs, busy=1)
    enqueue(database, 2000)
    answer = tick()
    assert answer["desired"] == desired(ecs) > 1
    assert answer["ready"] == 500
    (line,) = (line for line in log_lines(caplog) if line["message"] == "scaling tick")
    assert line["reason"] == answer["reason"]
    assert line["tick"]["measurement"]["queues"][0]["ready_is_at_least"] is True
    assert line["tick"]["applied"] == answer["desired"]
    assert '"QueueLatency"' in capfd.readouterr().out
    assert item(aws)["version"] == {"N": "1"}


def test_scales_in_to_no_less_than_the_busy_tasks_and_protects_them(
    tick: Callable[[], dict[str, Any]], database: Database, ecs: EcsStandIn, aws: MotoAws
) -> None:
    ecs.service(WORKER_SERVICE).desired = 5
    ecs.advance(120)
    register_workers(database, ecs, busy=2)
    remember_quiet(aws)
    busy = ecs.running_tasks(WORKER_SERVICE)[:2]
    answer = tick()
    assert answer["desired"] == desired(ecs) == 2, answer
    assert set(ecs.running_tasks(WORKER_SERVICE)) == set(busy)
    assert item(aws)["version"] == {"N": "42"}


def test_a_tick_during_a_rollout_takes_nothing_away(
    tick: Callable[[], dict[str, Any]],
    database: Database,
    ecs: EcsStandIn,
    aws: MotoAws,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ecs.service(WORKER_SERVICE).desired = 4
    ecs.advance(120)
    register_workers(database, ecs)
    remember_quiet(aws)
    aws_ecs = app.wiring.aws.client("ecs")
    aws_ecs.update_service(cluster=ecs.cluster, service=WORKER_SERVICE, forceNewDeployment=True)
    tick()
    assert desired(ecs) == 4
    (line,) = (line for line in log_lines(caplog) if line["message"] == "scaling tick")
    assert line["tick"]["decision"]["held_by"] == HeldBy.ROLLOUT


def test_a_database_out_of_reach_keeps_the_count_and_is_reported_with_its_cause(
    tick: Callable[[], dict[str, Any]], ecs: EcsStandIn, aws: MotoAws
) -> None:
    aws.put_config(aurora_port="1")
    answer = tick()
    assert (answer["measured"], answer["cause"]) == (False, DatabaseCause.NOTHING_LISTENS)
    assert desired(ecs) == 1


def test_a_rotated_password_is_read_anew_in_the_same_tick(
    tick: Callable[[], dict[str, Any]], database: Database, aws: MotoAws
) -> None:
    assert tick()["measured"]
    database.admin.execute("ALTER ROLE jiki PASSWORD 'rotated'")
    assert tick()["measured"] is False
    secrets = aws.client("secretsmanager")
    content = json.loads(secrets.get_secret_value(SecretId="config")["SecretString"])
    content["aurora_password"] = "rotated"
    secrets.put_secret_value(SecretId="config", SecretString=json.dumps(content))
    assert tick()["measured"]


def test_neither_log_nor_answer_holds_the_password(
    tick: Callable[[], dict[str, Any]],
    database: Database,
    aws: MotoAws,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    database.admin.execute("ALTER ROLE jiki PASSWORD 'another'")
    answer = tick()
    output = capfd.readouterr()
    kept = [unpack(item(aws)[name]) for name in ("state", "summary")]
    everything = json.dumps([answer, kept, log_lines(caplog), output.out, output.err])
    assert answer["cause"] == DatabaseCause.PASSWORD
    assert database.login.password not in everything


def test_a_throttled_ecs_is_waited_for(
    tick: Callable[[], dict[str, Any]], database: Database, ecs: EcsStandIn
) -> None:
    enqueue(database, 2000)
    ecs.fail_next(times=1, operation="DescribeServices")
    assert tick()["desired"] > 1


def test_a_service_without_tasks_asks_cloudwatch_before_it_wakes_the_database(
    tick: Callable[[], dict[str, Any]],
    database: Database,
    ecs: EcsStandIn,
    aws: MotoAws,
    lambda_endpoint: LambdaEndpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIN_TASKS", "0")
    monkeypatch.setenv("DATABASE_CLUSTER_ID", "jiki-production")
    ecs.service(WORKER_SERVICE).desired = 0
    ecs.advance(120)
    enqueue(database, 5)
    # GIVEN nobody connected: it is left asleep
    assert tick()["measured"] is False
    assert lambda_endpoint.invocations == []
    # WHEN somebody has connected
    aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/RDS",
        MetricData=[
            {
                "MetricName": "DatabaseConnections",
                "Dimensions": [{"Name": "DBClusterIdentifier", "Value": "jiki-production"}],
                "Timestamp": datetime.now(UTC) - timedelta(minutes=2),
                "Value": 3.0,
            }
        ],
    )
    # THEN the queue is measured and a task asked for
    assert tick()["desired"] == 1
