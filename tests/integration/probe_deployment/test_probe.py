"""From an event to the verdict's consequences: reports, waiting, the canary."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cli.verdict import as_text
from ops_common.ops_events import EventNotPublished
from probe_deployment.superseded import Superseded
from tests.integration.probe_deployment.conftest import NEW, WEB, WORKER, System
from tests.integration.probe_deployment.prober import EndsAtOnce, Prober
from tests.outputs import assert_shown

type Published = Callable[[], list[dict[str, Any]]]


def test_an_event_of_a_good_deployment_ends_in_one_notice(
    system: System, published: Published
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


def test_the_page_shows_a_deployment_that_passes(system: System) -> None:
    system.deploy(WEB, NEW)
    assert_shown("probe", as_text(system.probe(suite="deployment")))


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
    assert "health_check" in {each.check for each in verdict.failed}
    assert broken.kinds == [("DeploymentProbed", "open")]
    assert broken.time.slept == [15, 15, 15]


def test_a_failure_stands_when_the_function_has_no_time_left(broken: Prober) -> None:
    broken.time.remaining_seconds = 40
    verdict = broken(broken.system.deployment_event(WEB))
    assert (verdict.outcome, verdict.attempts) == ("fail", 1)


def test_an_event_about_nothing_of_ours_is_ignored(
    system: System, event: Callable[[str], Any], published: Published
) -> None:
    other = event("probe_deployment/deployment_completed")
    other["resources"] = [other["resources"][0].replace(WEB, "redis")]
    assert system.probe(other) == {"status": "ignored"}
    assert published() == []


def test_a_failed_deployment_that_ecs_has_replaced_is_reported_still(
    prober: Prober,
) -> None:
    # GIVEN a circuit breaker's own rollback: the deployment is no longer listed
    system = prober.system
    failed = copy.deepcopy(system.deployment_event(WEB))
    failed["detail"]["eventName"] = "SERVICE_DEPLOYMENT_FAILED"
    system.deploy(WEB, "b" * 40)
    system.log(WEB, "FATAL -- : NoMethodError (undefined method)", minutes=2)
    verdict = prober(failed, rollback=True)
    assert [each.check for each in verdict.failed] == ["stopped_tasks", "log_errors"]
    assert system.ecs.service(WEB).primary.definition.image.endswith("b" * 40)


def test_a_deployment_that_was_replaced_is_left_to_its_successor(prober: Prober) -> None:
    event = prober.system.deployment_event(WEB)
    prober.system.deploy(WEB, "b" * 40)
    with pytest.raises(Superseded):
        prober(event)
    assert prober.events == []
    assert prober.system.probe(event)["status"] == "superseded"


def test_a_failed_deployment_is_reported_with_the_reasons_of_its_tasks(prober: Prober) -> None:
    # GIVEN tasks that end at once, and a circuit breaker that gives up
    system = prober.system
    system.ecs.engine.runners[WORKER] = EndsAtOnce()
    system.deploy(WORKER, "c" * 40, wait=False)
    system.ecs.advance(900)
    event = system.deployment_event(WORKER, "FAILED")
    verdict = prober(event)
    assert verdict.outcome == "fail"
    (check,) = (each for each in verdict.results if each.check == "stopped_tasks")
    assert "no queue.yml" in check.finding.observed  # what the task itself has said
    assert prober.kinds == [("DeploymentProbed", "open")]


def test_a_report_that_fails_is_repeated_by_the_retry(broken: Prober) -> None:
    event = broken.system.deployment_event(WEB)
    broken.publish_fails = True
    with pytest.raises(EventNotPublished):
        broken(event, grace_seconds=0)
    broken.publish_fails = False
    broken(event, grace_seconds=0)
    broken(event, grace_seconds=0)
    assert broken.kinds == [("DeploymentProbed", "open")]


def test_a_pipeline_may_ask_again_within_the_grace_period(
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
        "restarts",
        "target_health",
    ]


def test_the_canary_lets_a_deployment_and_a_scaling_go_on(system: System) -> None:
    system.deploy(WEB, NEW, wait=False)
    system.aws_ecs.update_service(cluster=system.ecs.cluster, service=WORKER, desiredCount=3)
    verdict = system.probe(suite="canary")
    assert verdict["status"] == "pass", verdict["table"]
    assert system.checks(service=WEB)["rollout"]["status"] == "fail"
