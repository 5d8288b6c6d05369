"""Broken deployments that people reported, each with its cause; and odd ones that are good, each
passed. What the checks of the soak see of each is given as ECS, the load balancer, the database and
the logs would show it then.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ops_common.answers.queue_health import QueueHealth
from ops_common.answers.system import Migrations, QueueProcesses
from ops_common.images import Image
from ops_common.secret_references import SecretReference
from ops_common.tasks import Task, parse_task
from probe_deployment.cause import Cause
from probe_deployment.checks import (
    image,
    log_errors,
    migrations,
    queue_health,
    responses_since,
    restarts,
    secret_version,
    solid_queue,
    steady_state,
    target_health,
)
from probe_deployment.checks.log_groups import LogGroup
from probe_deployment.checks.responses_since import Responses
from probe_deployment.checks.target_health import Target
from probe_deployment.finding import Finding, Status
from probe_deployment.http_answer import Answer, judge
from probe_deployment.logs import compare, count
from tests.unit.probe_deployment.samples import NOW, service

SINCE = NOW - timedelta(minutes=3)
ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/jiki/api"
SCALED_IN = ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/2)")
EXITED = ("EssentialContainerExited", "Essential container in task exited")


def task(tag: str = "new", digest: str = "", **fields: Any) -> Task:
    container = {"name": "web", "image": f"{ECR}:{tag}", "imageDigest": digest}
    raw = {"taskArn": "arn:task/c/0a1b2c3d4e5f", "lastStatus": "RUNNING", "startedBy": "ecs-svc/2"}
    return parse_task(raw | {"containers": [container]} | fields)


def ended(code: str, reason: str, exit_code: int = 1, why: str = "") -> Task:
    container = {"name": "web", "exitCode": exit_code, "reason": why}
    stopped = {"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "containers": [container]}
    return task(**stopped, stopCode=code, stoppedReason=reason)


def running_image(*tasks: Task, expected: str | None = "new") -> Finding:
    return image.judge("web", tasks, {"web": Image.parse(f"{ECR}:new")}, ["web"], expected, "again")


def logs(before: list[str], after: list[str]) -> Finding:
    compared = compare(count([before]), count([after]))
    return log_errors.judge([LogGroup("/ecs/web", compared, len(after), None, NOW)])


def queue(
    *, wait: float | None = None, failed: int = 0, before: int = 0, worked: bool = True
) -> Finding:
    at = NOW - timedelta(seconds=5) if worked else SINCE - timedelta(hours=1)
    health = QueueHealth(before, failed, wait, at, at)
    return queue_health.judge(health, SINCE, NOW, 300)


def processes(*registered: datetime) -> Finding:
    found = [
        {
            "kind": kind,
            "hostname": "ip",
            "registered_at": at.isoformat(),
            "heartbeat_age_seconds": 9.0,
            "claims": 0,
        }
        for at in registered
        for kind in ("Worker", "Dispatcher")
    ]
    answer = {"processes": found, "orphaned_claims": 0, "alive_seconds": 300}
    return solid_queue.judge(QueueProcesses.from_json(answer), SINCE, "read the log")


def answered(status: int = 200, **headers: str) -> Finding:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return judge("https://api.jiki.io/health-check", Answer(status, named))


BROKEN: dict[str, Callable[[], Finding]] = {
    "a boot loop at 40 s": lambda: restarts.judge("worker", [ended(*EXITED)] * 2 + [task()]),
    "killed for memory every three minutes": lambda: restarts.judge(
        "worker", [ended(*EXITED, 137, "OutOfMemoryError: Container killed"), task()]
    ),
    "killed for memory, and Fargate doesn't say so": lambda: restarts.judge(
        "worker", [ended(*EXITED, 137), task()]
    ),
    "a migration failed while old tasks serve": lambda: logs(
        [],
        ["bin/rails aborted!", "PG::UndefinedColumn: ERROR:  column users.plan does not exist"] * 3,
    ),
    "the queue's database is another one": lambda: processes(SINCE - timedelta(hours=2)),
    "5 % of 500s": lambda: responses_since.judge(Responses(6000, 3, 0.2), Responses(1000, 50, 0.3)),
    "a cached health check": lambda: answered(cf_cache_status="HIT", age="120"),
    "the old image": lambda: running_image(task("old"), task("old")),
    "a secret's version that is not the current one": lambda: secret_version.judge(
        [("web", "DB_PASSWORD", SecretReference("arn:config", None, "", "v1"))], {"v2"}
    ),
    "half of the zones": lambda: target_health.judge(
        [Target("a", "healthy"), Target("b", "unhealthy", "Target.Timeout", "Request timed out")]
    ),
    "registered, and claims nothing": lambda: queue(wait=170, worked=False),
    "for another architecture": lambda: logs(
        [], ["exec /rails/bin/docker-entrypoint: exec format error"] * 3
    ),
    "jobs fail by the hundred": lambda: queue(failed=500, before=2),
    "jobs wait for twenty minutes": lambda: queue(wait=1200),
}

GOOD: dict[str, Callable[[], Finding]] = {
    "a scale-in meanwhile": lambda: restarts.judge("web", [ended(*SCALED_IN, 143), task()]),
    "two Spot interruptions": lambda: restarts.judge(
        "web", [ended("SpotInterruption", "Your Spot Task was interrupted.", 137)] * 2 + [task()]
    ),
    "two tasks that migrated at once, one of which ended": lambda: restarts.judge(
        "web", [ended(*EXITED), task()]
    ),
    "scanners, and the old task's end": lambda: logs(
        [],
        [
            'ActionController::RoutingError (No route matches [GET] "/.env"):',
            "SignalException: SIGTERM",
        ],
    ),
    "the same errors as before": lambda: logs(
        ["Faraday::TimeoutError (execution expired):"] * 40,
        ["Faraday::TimeoutError (Net::ReadTimeout):"] * 44,
    ),
    "an image by tag and digest": lambda: running_image(
        task(digest="sha256:1"), task("new@sha256:1", "sha256:1")
    ),
    "a queue without work": lambda: queue(worked=False),
    "a few jobs that fail, as before": lambda: queue(failed=4, before=5, wait=20),
    "no traffic at night": lambda: responses_since.judge(Responses(100, 1, 0.1), Responses(9, 0)),
    "one 500 of many answers": lambda: responses_since.judge(
        Responses(5000, 0, 0.1), Responses(4000, 1, 0.1)
    ),
    "a draining target": lambda: target_health.judge(
        [Target("a", "healthy"), Target("b", "draining")]
    ),
    "an answer that Cloudflare passed on": lambda: answered(cf_cache_status="DYNAMIC", age="0"),
    "a secret's current version by its id": lambda: secret_version.judge(
        [("web", "DB_PASSWORD", SecretReference("arn:config", None, "", "v2"))], {"v2"}
    ),
    "a migration that has ended": lambda: migrations.judge(
        Migrations.from_json({"running": False, "versions": {"public": "2"}}), "2"
    ),
}


# None where the check has only one.
CAUSES = {
    "a boot loop at 40 s": Cause.EXITED,
    "killed for memory every three minutes": Cause.KILLED,
    "killed for memory, and Fargate doesn't say so": Cause.KILLED,
    "a migration failed while old tasks serve": None,
    "the queue's database is another one": Cause.NO_HEARTBEAT,
    "5 % of 500s": Cause.ERRORS,
    "a cached health check": Cause.CACHED,
    "the old image": Cause.OTHER_IMAGE,
    "a secret's version that is not the current one": Cause.PINNED,
    "half of the zones": Cause.UNHEALTHY,
    "registered, and claims nothing": Cause.NO_JOB_TAKEN,
    "for another architecture": None,
    "jobs fail by the hundred": Cause.JOBS_FAIL,
    "jobs wait for twenty minutes": Cause.LATE,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deployment_is_found(name: str) -> None:
    finding = BROKEN[name]()
    assert (finding.status, finding.cause) == (Status.FAIL, CAUSES[name]), finding
    assert finding.remedy


def test_what_the_log_has_that_is_new_is_named() -> None:
    failed = BROKEN["a migration failed while old tasks serve"]()
    assert failed.subjects == ("PG::UndefinedColumn",)


@pytest.mark.parametrize("name", GOOD)
def test_an_odd_but_good_deployment_passes(name: str) -> None:
    finding = GOOD[name]()
    assert finding.status is Status.PASS, finding


# What an older version would meet too, or what AWS, Cloudflare or another service did.
NOT_BY_AN_OLDER_VERSION: dict[str, Callable[[], Finding]] = {
    "Cloudflare's challenge": lambda: answered(403, cf_mitigated="challenge", server="cloudflare"),
    "a certificate behind Cloudflare": lambda: answered(526, server="cloudflare"),
    "a limit": lambda: answered(429, server="cloudflare"),
    "a limit of the app itself": lambda: answered(429, x_request_id="1"),
    "a wall in front": lambda: answered(403, server="cloudflare"),
    "a cached health check": BROKEN["a cached health check"],
    "a zone that the load balancer lacks": lambda: target_health.judge(
        [Target("a", "healthy"), Target("b", "unused", "Target.NotInUse", "zone not enabled")]
    ),
    "another service's timeouts": lambda: logs([], ["Net::ReadTimeout (Net::ReadTimeout):"] * 9),
    "one error in all": lambda: logs([], ["NoMethodError (undefined method 'x' for nil):"]),
    "jobs that waited before": BROKEN["jobs wait for twenty minutes"],
}


@pytest.mark.parametrize("name", NOT_BY_AN_OLDER_VERSION)
def test_nothing_is_rolled_back_for_what_an_older_version_would_meet_too(name: str) -> None:
    finding = NOT_BY_AN_OLDER_VERSION[name]()
    assert finding.status is Status.FAIL
    assert not finding.older_version_fixes


@pytest.mark.parametrize(
    "name",
    [
        "a boot loop at 40 s",
        "killed for memory every three minutes",
        "a migration failed while old tasks serve",
        "5 % of 500s",
        "for another architecture",
        "registered, and claims nothing",
        "jobs fail by the hundred",
    ],
)
def test_what_the_new_version_brought_may_be_rolled_back(name: str) -> None:
    assert BROKEN[name]().older_version_fixes


def test_the_canary_finds_a_hanging_deployment_too() -> None:
    hanging = service(rollout_state="IN_PROGRESS", created_at=NOW - timedelta(hours=2))
    assert steady_state.judge(hanging, NOW, may_be_empty=False)
    assert not steady_state.judge(hanging, NOW - timedelta(hours=2), may_be_empty=False)
