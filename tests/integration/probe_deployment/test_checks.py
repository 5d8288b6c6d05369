"""Each check against the parts that it asks: well, broken, and with nothing to ask."""

import json
import zlib
from typing import Any

import pytest

from local.ecs import Task, TaskFailed, TaskRunner
from tests.integration.probe_deployment.conftest import NEW, VERSION, WEB, WORKER, System


def test_all_checks_pass_where_all_is_well(system: System) -> None:
    verdict = system.probe(trigger="pipeline", expectedSchemaVersion=VERSION)
    assert verdict["status"] == "pass", verdict["table"]
    skipped = {check["name"] for check in verdict["checks"] if check["status"] == "skip"}
    # Of an http address, and without a load balancer.
    assert skipped == {"certificate", "balancer", "responses_since"}


def test_a_wrong_password_is_found_by_the_health_check_and_the_login(system: System) -> None:
    # GIVEN a password that was changed behind the secret's back, and web tasks that log in anew
    system.database.server.set_password("jiki", "another")
    checks = system.checks()
    assert checks["health_check"]["cause"] == "unavailable"
    assert checks["database_login"]["cause"] == "login_refused"


def test_a_password_that_only_the_tasks_lack_is_distinguished(system: System) -> None:
    # GIVEN a rotation without the deployment after it
    system.database.server.set_password("jiki", "another")
    secret = system.aws.secret() | {"aurora_password": "another"}
    system.aws.client("secretsmanager").put_secret_value(
        SecretId="config", SecretString=json.dumps(secret)
    )
    checks = system.checks()
    assert checks["health_check"]["status"] == "fail"
    assert checks["database_login"]["status"] == "pass"


def test_an_old_image_is_found_by_its_tag(system: System) -> None:
    checks = system.checks(service=WEB, expectedImageTag=NEW)
    assert checks["image"]["cause"] == "not_deployed"


def test_a_task_that_still_runs_the_old_image_is_named(system: System) -> None:
    system.deploy(WEB, NEW, wait=False)
    checks = system.checks(service=WEB)
    assert (checks["image"]["cause"], checks["image"]["subjects"]) == ("other_image", [WEB])
    assert checks["rollout"]["cause"] == "in_progress"


def test_the_new_image_passes_once_it_is_rolled_out(system: System) -> None:
    system.deploy(WEB, NEW)
    checks = system.checks(service=WEB, expectedImageTag=NEW)
    assert checks["image"]["status"] == "pass"
    assert checks["rollout"]["status"] == "pass"


def test_a_service_without_enough_tasks_is_not_rolled_out(system: System) -> None:
    system.ecs.end_task(system.ecs.running_tasks(WEB)[0])
    rollout = system.checks(service=WEB)["rollout"]
    assert (rollout["cause"], rollout["subjects"]) == ("other_count", [WEB])


def test_targets_that_are_gone_are_found(system: System) -> None:
    group = system.ecs.service(WEB).target_group_arn
    system.aws.client("elbv2").deregister_targets(
        TargetGroupArn=group, Targets=[{"Id": "10.1.0.5", "Port": 3000}]
    )
    assert system.checks()["target_health"]["cause"] == "no_target"


def test_a_worker_has_no_target_group_to_check(system: System) -> None:
    assert system.checks(service=WORKER)["target_health"]["status"] == "skip"


def test_a_worker_that_never_came_up_is_found(system: System) -> None:
    # GIVEN a deployment whose tasks run, but don't start Solid Queue
    system.ecs.engine.runners.pop(WORKER)
    system.deploy(WORKER, NEW)
    checks = system.checks(service=WORKER)
    assert checks["rollout"]["status"] == "pass"
    assert checks["solid_queue"]["cause"] == "no_heartbeat"
    assert checks["solid_queue"]["subjects"] == ["Worker", "Dispatcher"]


def test_workers_of_the_new_deployment_pass(system: System) -> None:
    system.deploy(WORKER, NEW)
    assert system.checks(service=WORKER)["solid_queue"]["status"] == "pass"


def test_a_worker_service_of_no_task_has_no_process_and_no_image_to_check(
    system: System,
) -> None:
    system.aws_ecs.update_service(cluster=system.ecs.cluster, service=WORKER, desiredCount=0)
    system.ecs.advance(120)
    checks = system.checks(service=WORKER)
    assert checks["solid_queue"]["status"] == "skip"
    assert checks["image"]["status"] == "pass"
    assert checks["rollout"]["status"] == "pass"


def test_why_a_task_ended_is_quoted_by_the_rollout(system: System) -> None:
    reason = "OutOfMemoryError: Container killed due to memory usage"

    class OutOfMemory(TaskRunner):
        def started(self, task: Task) -> None:
            raise TaskFailed(reason)

    system.ecs.engine.runners[WORKER] = OutOfMemory()
    system.deploy(WORKER, NEW, wait=False)
    system.ecs.advance(60)
    finding = system.checks(service=WORKER)["rollout"]
    assert finding["status"] == "fail"
    assert reason in finding["observed"]


def test_claims_of_a_dead_process_are_found(system: System) -> None:
    admin = system.database.admin
    admin.execute(
        "WITH job AS (INSERT INTO solid_queue_jobs (queue_name, class_name, priority, created_at,"
        " updated_at) VALUES ('default', 'Job', 0, now(), now()) RETURNING id)"
        " INSERT INTO solid_queue_claimed_executions (job_id, process_id, created_at)"
        " SELECT id, 999999, now() FROM job"
    )
    assert system.checks()["solid_queue"]["cause"] == "lost_claims"


def test_a_database_without_solid_queue_is_found(system: System) -> None:
    system.database.admin.execute("DROP TABLE solid_queue_processes CASCADE")
    assert system.checks()["solid_queue"]["cause"] == "no_tables"


def test_a_deployment_of_the_web_service_says_nothing_about_workers(system: System) -> None:
    assert system.checks(service=WEB)["solid_queue"]["status"] == "skip"


def test_a_new_error_in_the_log_is_quoted_and_redacted(system: System) -> None:
    system.log(WEB, "ERROR -- : timeout after 30 ms", minutes=0.5)
    system.log(
        WEB,
        "ERROR -- : timeout after 77 ms",
        "INFO -- : Completed 200 OK",
        "FATAL -- : Stripe::AuthenticationError (Invalid API Key: api_key=hunter2)",
        "FATAL -- : Stripe::AuthenticationError (Invalid API Key: api_key=hunter3)",
        minutes=0,
    )
    finding = system.checks(service=WEB)["log_errors"]
    assert finding["status"] == "fail"
    assert finding["subjects"] == ["Stripe::AuthenticationError"]
    assert "timeout" not in finding["observed"]
    assert "hunter" not in finding["observed"]


def test_errors_known_from_before_pass(system: System) -> None:
    error = "FATAL -- : Stripe::AuthenticationError (Invalid API Key)"
    system.log(WEB, error, minutes=20)
    system.log(WEB, error)
    assert system.checks()["log_errors"]["status"] == "pass"


def test_a_missing_log_group_is_an_error_of_the_call(system: System) -> None:
    system.aws.client("logs").delete_log_group(logGroupName=f"/ecs/{WEB}")
    finding = system.checks()["log_errors"]
    assert (finding["cause"], finding["subjects"]) == ("aws", ["FilterLogEvents"])


def test_full_scale_out_must_fit(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    assert system.checks()["connections"]["status"] == "pass"
    monkeypatch.setenv("MAX_TASKS", "100")
    assert system.checks()["connections"]["cause"] == "scale_out"


def test_a_running_migration_is_found(system: System) -> None:
    key = 2053462845 * zlib.crc32(b"jiki_production")
    system.database.admin.execute("SELECT pg_advisory_lock(%s)", [key])
    assert system.checks()["migrations"]["cause"] == "migrating"


def test_a_migration_of_the_queue_s_own_database_is_found(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUEUE_DATABASE_NAME", "jiki_queue")
    system.database.admin.execute("CREATE DATABASE jiki_queue")
    try:
        assert system.checks(service=WEB)["migrations"]["status"] == "pass"
        with system.database.server.connect("jiki_queue") as migrator:
            migrator.execute(
                "SELECT pg_advisory_lock(%s)", [2053462845 * zlib.crc32(b"jiki_queue")]
            )
            finding = system.checks(service=WEB)["migrations"]
        assert finding["cause"] == "migrating"
    finally:
        system.database.admin.execute("DROP DATABASE jiki_queue WITH (FORCE)")


def test_another_schema_version_is_found(system: System) -> None:
    finding = system.checks(expectedSchemaVersion="20260115000000")["migrations"]
    assert finding["cause"] == "schema_version"


def test_a_database_without_rails_has_no_migrations_to_check(system: System) -> None:
    system.database.admin.execute("DROP TABLE schema_migrations")
    assert system.checks()["migrations"]["status"] == "skip"


def test_an_unreachable_database_fails_one_check_that_others_point_to(
    system: System,
) -> None:
    system.aws.put_config(aurora_port="1")
    checks = system.checks()
    failed = {name for name, check in checks.items() if check["status"] == "fail"}
    assert failed == {"database_login"}
    for name in ("connections", "migrations", "solid_queue"):
        assert checks[name]["subjects"] == ["database_login"]
    assert checks["database_login"]["cause"] == "unreachable"


def test_throttled_calls_blind_one_check_and_hold_no_other(system: System) -> None:
    system.ecs.fail_next(operation="ListTasks", times=12)
    verdict: Any = system.probe(service=WEB)
    unknown = [check for check in verdict["checks"] if check["status"] == "unknown"]
    assert verdict["status"] == "unknown"
    of_tasks = {"image", "log_errors", "restarts", "secret_version", "zones"}
    assert {check["name"] for check in unknown} <= of_tasks
    assert (unknown[0]["cause"], unknown[0]["subjects"]) == ("throttled", ["ListTasks"])


def test_nothing_secret_is_in_a_verdict(system: System) -> None:
    system.database.server.set_password("jiki", "another")
    verdict = str(system.probe())
    for value in system.aws.secret().values():
        assert value not in verdict
