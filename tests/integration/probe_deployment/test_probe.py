"""From an event to the verdict's consequences: reports, waiting, rollback, hooks."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from local.app import AppStandIn
from local.ecs import Task, TaskFailed, TaskRunner
from ops_common.ecs import EcsServices
from ops_common.ops_events import EventNotPublished, OpsEvent
from ops_common.query_database import LambdaQueryDatabase
from probe_deployment.context import Clients
from probe_deployment.memory import ProbeMemory
from probe_deployment.probe import Ports, Superseded, probe
from probe_deployment.settings import Settings
from probe_deployment.triggers import parse
from probe_deployment.verdict import Verdict
from tests.integration.probe_deployment.conftest import NEW, WEB, WORKER, System

type Published = Callable[[], list[dict[str, Any]]]


@dataclass
class Time:
    """A clock that only sleeping moves, with what is done meanwhile."""

    now: datetime
    slept: list[float] = field(default_factory=list)
    remaining_seconds: float = 700
    meanwhile: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        self.remaining_seconds -= seconds
        self.meanwhile()


class EndsAtOnce(TaskRunner):
    """Tasks whose container ends as soon as it starts."""

    def started(self, task: Task) -> None:
        raise TaskFailed("Essential container in task exited: no queue.yml")


class ServesNothing(TaskRunner):
    """Tasks that start and answer no request; those from before stop as they should."""

    def __init__(self, app: AppStandIn) -> None:
        self.stopping = app.stopping  # type: ignore[method-assign]


@dataclass
class Prober:
    """probe() with time under control, and what it published."""

    system: System
    time: Time
    settings: Settings
    events: list[OpsEvent] = field(default_factory=list)
    publish_fails: bool = False

    def __call__(self, event: Any, **settings: Any) -> Verdict:
        chosen = replace(self.settings, **settings)
        request = parse(event, chosen.services)
        assert request is not None
        return probe(request, self.ports(), chosen)

    def ports(self) -> Ports:
        return Ports(
            client=Clients(boto3.client),
            query_database=LambdaQueryDatabase(
                boto3.client("lambda"), self.settings.query_database_function
            ),
            memory=ProbeMemory(boto3.client("dynamodb"), self.settings.ops_table_name),
            ecs=EcsServices(boto3.client("ecs"), self.settings.cluster),
            publish=self.publish,
            now=lambda: self.time.now,
            sleep=self.time.sleep,
            remaining_seconds=lambda: self.time.remaining_seconds,
        )

    def publish(self, event: OpsEvent) -> None:
        if self.publish_fails:
            raise EventNotPublished("DeploymentProbed: ThrottlingException")
        self.events.append(event)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(event.kind, event.state.value) for event in self.events]


@pytest.fixture
def prober(system: System) -> Prober:
    system.deploy(WEB, NEW)
    return Prober(system, Time(system.ecs.engine.clock()), Settings.from_env())


@pytest.fixture
def broken(prober: Prober) -> Prober:
    """A deployment that passed, and then one whose tasks answer 503."""
    prober(prober.system.deployment_event(WEB))
    prober.system.ecs.engine.runners[WEB] = ServesNothing(prober.system.app)
    prober.system.deploy(WEB, "b" * 40)
    ended = prober.system.deployment_event(WEB)["detail"]["updatedAt"]
    prober.time.now = datetime.fromisoformat(ended)
    prober.events.clear()
    return prober


def running_tag(system: System, service: str = WEB) -> str:
    return system.ecs.service(service).primary.definition.image.rpartition(":")[2]


def test_an_event_of_a_good_deployment_ends_in_one_notice_and_a_metric(
    system: System, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    system.deploy(WEB, NEW)
    event = system.deployment_event(WEB)
    assert system.probe(event)["status"] == "pass"
    system.probe(event)
    (told,) = published()
    assert (told["kind"], told["state"], told["incident"]) == (
        "DeploymentProbed",
        "notice",
        f"probe:{WEB}",
    )
    assert '"FailedChecks":[0.0]' in capsys.readouterr().out


def test_a_failure_that_settles_within_the_grace_period_is_a_pass(prober: Prober) -> None:
    # GIVEN a migration that ends while the probe waits
    database = prober.system.database
    database.server.set_password("jiki", "another")

    def settle() -> None:
        if len(prober.time.slept) == 2:
            database.server.set_password("jiki", str(database.login.password))

    prober.time.meanwhile = settle
    verdict = prober(prober.system.deployment_event(WEB))
    assert (verdict.outcome, verdict.attempts, prober.time.slept) == ("pass", 3, [15, 15])
    assert prober.kinds == [("DeploymentProbed", "notice")]


def test_a_failure_stands_when_the_grace_period_is_over(broken: Prober) -> None:
    verdict = broken(broken.system.deployment_event(WEB), grace_seconds=45)
    assert verdict.outcome == "fail"
    assert "health_check" in verdict.summary
    assert broken.kinds == [("DeploymentProbed", "open")]
    assert broken.time.slept == [15, 15, 15]


def test_a_failure_stands_when_the_function_has_no_time_left(broken: Prober) -> None:
    broken.time.remaining_seconds = 40
    verdict = broken(broken.system.deployment_event(WEB))
    assert (verdict.outcome, verdict.attempts) == ("fail", 1)


def test_an_event_about_nothing_of_ours_is_ignored(
    system: System, event: Callable[[str], Any], published: Published
) -> None:
    answer = system.probe(event("probe_deployment/deployment_in_progress"))
    assert answer == {"status": "ignored"}
    assert published() == []


def test_a_failed_deployment_that_ecs_has_replaced_already_is_told_still(prober: Prober) -> None:
    # GIVEN a circuit breaker's own rollback: the deployment is no longer listed
    system = prober.system
    failed = copy.deepcopy(system.deployment_event(WEB))
    failed["detail"]["eventName"] = "SERVICE_DEPLOYMENT_FAILED"
    system.deploy(WEB, "b" * 40)
    system.log(WEB, "FATAL -- : NoMethodError (undefined method)", minutes=2)
    verdict = prober(failed, rollback=True)
    assert [each.check for each in verdict.failed] == ["stopped_tasks", "log_errors"]
    assert "has replaced the probed deployment" in verdict.rollback


def test_a_deployment_that_was_replaced_is_left_to_its_successor(prober: Prober) -> None:
    event = prober.system.deployment_event(WEB)
    prober.system.deploy(WEB, "b" * 40)
    with pytest.raises(Superseded):
        prober(event)
    assert prober.events == []
    assert prober.system.probe(event)["status"] == "superseded"


def test_a_failed_deployment_is_told_with_the_reasons_of_its_tasks(prober: Prober) -> None:
    # GIVEN tasks that end at once, and a circuit breaker that gives up
    system = prober.system
    system.ecs.engine.runners[WORKER] = EndsAtOnce()
    system.deploy(WORKER, "c" * 40, wait=False)
    system.ecs.advance(900)
    event = system.deployment_event(WORKER, "FAILED")
    verdict = prober(event)
    assert verdict.outcome == "fail"
    (check,) = (each for each in verdict.results if each.check == "stopped_tasks")
    assert "no queue.yml" in check.finding.saw
    assert "exited with 1" in check.finding.saw
    assert prober.kinds == [("DeploymentProbed", "open")]


def test_does_not_roll_back_unless_told_to(broken: Prober) -> None:
    verdict = broken(broken.system.deployment_event(WEB), grace_seconds=0)
    assert (verdict.outcome, verdict.rollback) == ("fail", "")
    assert running_tag(broken.system) == "b" * 40


def test_rolls_back_to_the_last_that_passed_once_and_tells(broken: Prober) -> None:
    event = broken.system.deployment_event(WEB)
    # WHEN the same event arrives twice
    verdict = broken(event, grace_seconds=0, rollback=True)
    assert f"to {WEB}:2, the last that passed" in verdict.rollback
    with pytest.raises(Superseded):
        broken(event, grace_seconds=0, rollback=True)
    # THEN the older version is deployed once, and people know
    assert running_tag(broken.system) == NEW
    updates = [each for each in broken.system.ecs.calls if each.operation == "UpdateService"]
    assert len(updates) == 3  # two deployments and the rollback
    assert broken.kinds == [("DeploymentRolledBack", "notice"), ("DeploymentProbed", "open")]


def test_nobody_is_left_without_news_of_a_rollback(broken: Prober) -> None:
    # GIVEN an event bus that refuses
    event = broken.system.deployment_event(WEB)
    broken.publish_fails = True
    with pytest.raises(EventNotPublished):
        broken(event, grace_seconds=0, rollback=True)
    assert running_tag(broken.system) == "b" * 40
    # WHEN Lambda repeats the event
    broken.publish_fails = False
    broken(event, grace_seconds=0, rollback=True)
    # THEN it is told, and done
    assert broken.kinds == [("DeploymentRolledBack", "notice"), ("DeploymentProbed", "open")]
    assert running_tag(broken.system) == NEW


def test_a_rollback_that_fails_its_own_probe_is_not_rolled_back(broken: Prober) -> None:
    broken(broken.system.deployment_event(WEB), grace_seconds=0, rollback=True)
    broken.system.ecs.advance(120)
    verdict = broken(broken.system.deployment_event(WEB), grace_seconds=0, rollback=True)
    assert verdict.outcome == "fail"
    assert "runs the last task definition that passed already" in verdict.rollback


def test_a_task_definition_that_ecs_refuses_is_told_and_not_tried_again(broken: Prober) -> None:
    broken.system.ecs.fail_next("ClientException", "inactive", operation="UpdateService")
    event = broken.system.deployment_event(WEB)
    verdict = broken(event, grace_seconds=0, rollback=True)
    assert "ECS refused it (ClientException)" in verdict.rollback
    assert broken(event, grace_seconds=0, rollback=True).rollback == "was done already"


def test_a_report_that_fails_is_repeated_by_the_retry(broken: Prober) -> None:
    event = broken.system.deployment_event(WEB)
    broken.publish_fails = True
    with pytest.raises(EventNotPublished):
        broken(event, grace_seconds=0)
    broken.publish_fails = False
    broken(event, grace_seconds=0)
    broken(event, grace_seconds=0)
    assert broken.kinds == [("DeploymentProbed", "open")]


def test_a_pipeline_is_told_to_come_again_within_the_grace_period(
    broken: Prober, published: Published
) -> None:
    began = broken.time.now.isoformat()
    ask = {"trigger": "pipeline", "service": WEB, "startedAt": began}
    first = broken(ask)
    assert (first.outcome, first.attempts, broken.time.slept) == ("pending", 1, [])
    broken.time.now += timedelta(seconds=301)
    assert broken(ask).outcome == "fail"
    assert broken.events == []  # the pipeline sees the answer


def test_the_canary_asks_the_database_nothing(system: System) -> None:
    verdict = system.probe(trigger="schedule", suite="canary")
    assert verdict["status"] == "pass"
    assert [check["name"] for check in verdict["checks"]] == [
        "health_check",
        "certificate",
        "steady_state",
        "target_health",
    ]


def test_the_canary_costs_a_metric_only_where_something_fails(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    system.probe(suite="canary")
    assert "FailedChecks" not in capsys.readouterr().out
    system.database.server.set_password("jiki", "another")
    system.probe(suite="canary")
    assert '"FailedChecks":[1.0]' in capsys.readouterr().out


def test_the_canary_lets_a_deployment_and_a_scaling_go_on(system: System) -> None:
    system.deploy(WEB, NEW, wait=False)
    system.aws_ecs.update_service(cluster=system.ecs.cluster, service=WORKER, desiredCount=3)
    verdict = system.probe(suite="canary")
    assert verdict["status"] == "pass", verdict["table"]
    assert system.checks(service=WEB)["rollout"]["status"] == "fail"
