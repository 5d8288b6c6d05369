"""Rolling back: only what was probed, to what had passed, once, and told."""

from copy import replace

import pytest

from ops_common.ops_events import EventNotPublished
from probe_deployment.person_rollback import roll_back
from probe_deployment.request import BadEvent
from probe_deployment.superseded import Superseded
from tests.integration.probe_deployment.conftest import NEW, WEB, System
from tests.integration.probe_deployment.prober import Prober


def running_tag(system: System, service: str = WEB) -> str:
    return system.ecs.service(service).primary.definition.image.rpartition(":")[2]


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


def test_an_operator_may_roll_back_once_and_it_is_told(broken: Prober) -> None:
    ports, settings = broken.ports(), replace(broken.settings, rollback=True)
    first = roll_back({"rollBack": WEB}, ports, settings)
    assert f"to {WEB}:2, the last that passed" in first["reason"]
    assert running_tag(broken.system) == NEW
    again = roll_back({"rollBack": WEB}, ports, settings)
    assert again["reason"] == "no: it runs the last task definition that passed already"
    assert broken.kinds == [("DeploymentRolledBack", "notice")]


def test_an_operator_can_t_roll_back_where_that_is_not_allowed(broken: Prober) -> None:
    ports, settings = broken.ports(), replace(broken.settings, rollback=False)
    assert roll_back({"rollBack": WEB}, ports, settings)["reason"].startswith("no: ")
    with pytest.raises(BadEvent):
        roll_back({"rollBack": "nowhere"}, ports, settings)
    assert running_tag(broken.system) == "b" * 40
