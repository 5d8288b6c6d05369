"""What people read: of a verdict, of each check, of an error."""

from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from ops_common.answers.queue_health import QueueHealth
from ops_common.answers.system import Migrations, QueueProcess, QueueProcesses
from ops_common.ecs import Service
from ops_common.images import Image
from ops_common.query_database import LoginRefused
from ops_common.tasks import parse_task
from probe_deployment import rollback, stopped, words
from probe_deployment.aurora import Cluster, Instances
from probe_deployment.checks import (
    app_config_table,
    app_secret,
    aurora,
    certificate,
    image,
    migrations,
    own_functions,
    queue_health,
    rollout,
    security_groups,
    solid_queue,
    target_health,
    traffic,
)
from probe_deployment.checks.target_health import Target
from probe_deployment.explain import explain
from probe_deployment.finding import Finding, Result
from probe_deployment.http_answer import Answer, judge
from probe_deployment.verdict import Outcome
from tests.runbook_table import sections_of
from tests.unit.probe_deployment.samples import (
    NOW,
    REQUEST,
    SERVICE,
    failed,
    passed,
    service,
    unknown,
    verdict,
)

SKIPPED = Result("target_health", Finding.skipped("no target group"), 0.0)


@pytest.mark.parametrize(
    ("results", "outcome", "line"),
    [
        ((passed("a"), SKIPPED), Outcome.PASS, "1 checks passed, 1 skipped"),
        ((passed("a"),), Outcome.PASS_SO_FAR, "1 checks passed so far"),
        ((failed("image"), passed("a")), Outcome.PENDING, "1 of 2 checks not settled yet (image)"),
        ((failed("image"), passed("a")), Outcome.FAIL, "1 of 2 checks failed (image)"),
        ((passed("a"), unknown("b")), Outcome.UNKNOWN, "1 checks passed, 1 had no answer (b)"),
    ],
)
def test_a_verdict_in_one_line(results: tuple[Result, ...], outcome: Outcome, line: str) -> None:
    found = verdict(*results, outcome=outcome)
    assert words.summary(found) == f"deployment of jiki-api-web: {line}"
    assert words.title(found) == words.summary(found)


@pytest.mark.parametrize(
    ("result", "kind"),
    [(failed("image"), "deploymentprobed"), (unknown("image"), "deploymentundecided")],
)
def test_the_runbook_lists_the_title_of_a_bad_verdict(result: Result, kind: str) -> None:
    (section,) = sections_of(words.title(verdict(passed("rollout"), result)))
    assert section.endswith(kind)


def test_the_table_says_what_to_do_about_each_failure() -> None:
    assert words.table(verdict(passed("image"), failed("health_check", "503", "redeploy it"))) == (
        "PASS     image           0.1 s  200 after 0.10 s\n"
        "FAIL     health_check    0.1 s  503\n"
        "         expected: 200\n"
        "         to do:    redeploy it"
    )


def test_a_message_lists_what_is_bad_and_what_became_of_it() -> None:
    found = verdict(failed("image"), unknown("logs"), rollback="to 41, the last that passed")
    assert words.text(found) == (
        "• image: 503 (expected: 200)\n  → do this\n"
        "• logs: no answer: AWS refused (expected: an answer)\n  → allow it\n"
        "Rollback: to 41, the last that passed"
    )


def test_a_message_after_ecs_rolled_back_says_so() -> None:
    found = verdict(passed("image"), request=replace(REQUEST, rolled_back=True))
    assert words.title(found).startswith("ECS rolled jiki-api-web back; ")
    assert words.text(found) == "The version that was to be deployed is not there."


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn:secret"}}, "ListTasks")


@pytest.mark.parametrize(
    ("error", "observed", "remedy"),
    [
        (
            refused("AccessDenied"),
            "ListTasks answered AccessDenied",
            "allow ListTasks in the policy of ProbeDeploymentRole",
        ),
        (refused("Throttling"), "ListTasks answered Throttling", "run the probe again later"),
        (
            refused("ClusterNotFound"),
            "ListTasks answered ClusterNotFound",
            "the stack's parameters",
        ),
        (LoginRefused("db:5432 refused jiki"), "db:5432 refused jiki", "'Login refused' in docs/"),
        (ValueError("hunter2"), "the check itself broke: ValueError", "the function's log"),
    ],
)
def test_an_error_in_words(error: Exception, observed: str, remedy: str) -> None:
    finding = explain(error)
    assert finding.observed == observed
    assert remedy in finding.remedy


def of_image(*images: str, expected: str | None = None) -> Finding:
    """Of tasks with these images, where the task definition has `new`."""
    tasks = [
        parse_task(
            {
                "taskArn": "arn:task/c/0a1b2c3d4e5f",
                "lastStatus": "RUNNING",
                "containers": [{"name": "web", "image": shown}],
            }
        )
        for shown in images
    ]
    deployed = {"web": Image.parse("jiki/api:new")}
    return image.judge("web", tasks, deployed, ["web"], expected, "deploy it again")


def of_queue(wait: float, *, deployed_seconds_ago: float = 200) -> Finding:
    since = NOW - timedelta(seconds=deployed_seconds_ago)
    return queue_health.judge(QueueHealth(2, 1, wait, NOW, NOW), since, NOW, 300)


def of_processes(*, orphaned: int = 0, heartbeats: bool = True) -> Finding:
    kinds = ("Worker", "Dispatcher") if heartbeats else ()
    processes = tuple(QueueProcess(kind, "ip", NOW, 9.0, 0) for kind in kinds)
    return solid_queue.judge(QueueProcesses(processes, orphaned, 300.0), NOW, "read the log")


def answered(status: int, seconds: float = 0.1, **headers: str) -> Finding:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return judge("https://api.jiki.io/health", Answer(status, named, seconds))


def password(days: int, *, temporary: bool = False) -> Finding:
    rotated = NOW - timedelta(days=days)
    return app_secret.judge_age(rotated, NOW, 45, temporary=temporary, remedy="rotate it")


def capacity(**scaling: float) -> Finding:
    raw = {"DBClusterIdentifier": "jiki", "Status": "available"}
    cluster = Cluster.parse(raw | {"ServerlessV2ScalingConfiguration": scaling})
    return aurora.judge_capacity(cluster, Instances(frozenset("a"), (), (), ()))


WIDE = {
    "IpProtocol": "tcp",
    "FromPort": 5432,
    "ToPort": 5432,
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
}
DENIED = {"name": "services", "ok": False, "kind": "AccessDenied", "said": "ListTasks answered no"}
OBSERVED = [
    (of_image(), "web: no running task"),
    (of_image("jiki/api:old", "jiki/api:new"), "web: 1 of 2: task 0a1b2c3d has api:old"),
    (of_image("jiki/api:new", expected="x"), "web: its task definition has api:new"),
    (password(46), "rotated 46 days ago"),
    (password(1, temporary=True), "the temporary password is still in use"),
    (
        app_config_table.judge({"a": None, "b": "pk_…"}, {"a": "pk_", "b": "pk_"}, "config"),
        "a is absent, b is a placeholder",
    ),
    (
        security_groups.judge([{"GroupName": "rds", "GroupId": "sg-1", "IpPermissions": [WIDE]}]),
        "rds lets 0.0.0.0/0 in at tcp 5432-5432",
    ),
    (capacity(MinCapacity=0.0, MaxCapacity=2.0), "0 to 2 ACU, instances in one zone, it sleeps"),
    (capacity(), "provisioned instances, instances in one zone"),
    (of_queue(900), "1 failed since, 2 as long before; the oldest ready job waits 900 s, 700 s of"),
    (of_queue(150), "the oldest ready job waits 150 s, enqueued since the deployment began"),
    (of_queue(0), "no ready job waits"),
    (
        of_processes(heartbeats=False),
        "no worker and no dispatcher with a current heartbeat",
    ),
    (of_processes(orphaned=5), "5 claims held by processes that are gone"),
    (migrations.judge(Migrations(False, {"a": "2", "b": None}), None), "a 2, b empty"),
    (
        certificate.judge("jiki.io", NOW + timedelta(days=13), NOW, 14),
        "valid for jiki.io until 2026-01-28, 13 days",
    ),
    (answered(301, location="https://jiki.io/"), "301, a redirect to https://jiki.io/"),
    (answered(200, 3.5), "200 after 3.50 s"),
    (answered(200, age="120"), "200 after 0.10 s, of a cache (Age: 120)"),
    (
        target_health.judge([Target("10.1.0.5", "unhealthy", "Target.Timeout", "Timed out")]),
        "1 unhealthy; Timed out",
    ),
    (
        traffic.judge_responses(requests=0, errors=50, p95_seconds=0),
        "0 requests, 50 5xx (100.00%), p95 0.00 s",
    ),
]
REMEDIES = [
    (of_image("jiki/api:old"), "deploy it again"),
    (of_image("jiki/api:new", expected="x"), "no deployment of x was started"),
    (password(46), "rotate it"),
    (security_groups.judge([]), "correct the parameter VpcId"),
    (own_functions.judge([DENIED], "RotatePasswordRole"), "allow ListTasks in RotatePasswordRole"),
    (answered(503), "If database_login passes, the running tasks booted with another password"),
    (answered(403, cf_mitigated="challenge"), "let the user agent jiki-ops-probe pass"),
    (answered(522), "does its security group let Cloudflare in at 443"),
    (answered(526), "the load balancer's certificate is invalid"),
    (answered(500), "open https://api.jiki.io/health and read the web service's log"),
]


@pytest.mark.parametrize(("finding", "words"), OBSERVED, ids=[each for _, each in OBSERVED])
def test_what_a_check_observed_in_words(finding: Finding, words: str) -> None:
    assert words in finding.observed


@pytest.mark.parametrize(("finding", "words"), REMEDIES, ids=[each for _, each in REMEDIES])
def test_what_fixes_it_in_words(finding: Finding, words: str) -> None:
    assert words in finding.remedy


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (service(rollout_state="IN_PROGRESS", failed=3), "IN_PROGRESS, 2/2 new, 3 tasks failed to"),
        (service(rollout_state="FAILED", rollout_reason="breaker"), "rollout FAILED: breaker"),
        (service(running=1), "runs 1 of 2 tasks"),
    ],
)
def test_what_is_not_settled_in_words(state: Service, words: str) -> None:
    trouble = rollout.judge(state, may_be_empty=False)
    assert trouble is not None
    assert words in trouble.words


def test_what_is_wrong_with_a_key_in_words() -> None:
    troubles = app_secret.judge_keys({"b": "changeme", "c": "x7"}, {"a": "", "b": "", "c": "sk_"})
    assert [each.words for each in troubles.values()] == [
        "is missing",
        "is a placeholder",
        "doesn't begin with sk_",
    ]


def test_how_a_container_ended_in_words() -> None:
    container = {"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: killed"}
    ended = parse_task({"taskArn": "arn", "lastStatus": "STOPPED", "containers": [container]})
    assert stopped.exits(ended) == ("app exited with 137 (OutOfMemoryError: killed)",)


@pytest.mark.parametrize(
    ("service_", "last", "reason"),
    [
        (SERVICE, "arn:task-definition/web:41", "to web:41, the last that passed"),
        (SERVICE, None, "no: no deployment of this service has passed a probe yet"),
        (service(id="ecs-svc/3"), None, "no: ecs-svc/3 has replaced the probed deployment"),
    ],
)
def test_a_rollback_in_words(service_: Service, last: str | None, reason: str) -> None:
    broken = verdict(failed("health_check", fixes=True))
    assert rollback.decide(broken, service_, last, on=True).reason == reason


def test_a_skipped_check_points_to_the_one_that_reports_it() -> None:
    assert Finding.left_to("image", "no answer").observed == "no answer: see image"
