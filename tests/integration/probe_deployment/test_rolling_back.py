"""Rolling back: only what was probed, to what had passed, once, and people are notified."""

from copy import replace

import pytest

from ops_common.ops_events import EventNotPublished
from probe_deployment.person_rollback import roll_back
from probe_deployment.request import BadEvent
from probe_deployment.superseded import Superseded
from probe_deployment.verdict import RolledBack
from tests.integration.probe_deployment.conftest import NEW, WEB, System
from tests.integration.probe_deployment.prober import Prober


def running_tag(system: System, service: str = WEB) -> str:
    return system.ecs.service(service).primary.definition.image.rpartition(":")[2]


def updates(system: System) -> int:
    return sum(call.operation == "UpdateService" for call in system.ecs.calls)


def test_does_not_roll_back_unless_that_is_on(broken: Prober) -> None:
    verdict = broken(broken.system.deployment_event(WEB), grace_seconds=0)
    assert (verdict.outcome, verdict.rolled_back) == ("fail", None)
    assert running_tag(broken.system) == "b" * 40


def test_rolls_back_to_the_last_that_passed_once_and_notifies(broken: Prober) -> None:
    event = broken.system.deployment_event(WEB)
    # WHEN the same event arrives twice
    broken(event, grace_seconds=0, rollback=True)
    with pytest.raises(Superseded):
        broken(event, grace_seconds=0, rollback=True)
    # THEN the older version is deployed once, and people know
    assert running_tag(broken.system) == NEW
    assert updates(broken.system) == 3  # two deployments and the rollback
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
    # THEN they are notified, and it is done
    assert broken.kinds == [("DeploymentRolledBack", "notice"), ("DeploymentProbed", "open")]
    assert running_tag(broken.system) == NEW


def test_a_rollback_that_fails_its_own_probe_is_not_rolled_back(broken: Prober) -> None:
    broken(broken.system.deployment_event(WEB), grace_seconds=0, rollback=True)
    broken.system.ecs.advance(120)
    done = updates(broken.system)
    verdict = broken(broken.system.deployment_event(WEB), grace_seconds=0, rollback=True)
    assert verdict.outcome == "fail"
    assert updates(broken.system) == done


def test_a_task_definition_that_ecs_refuses_is_shown_and_not_tried_again(broken: Prober) -> None:
    broken.system.ecs.fail_next("ClientException", "inactive", operation="UpdateService")
    event = broken.system.deployment_event(WEB)
    verdict = broken(event, grace_seconds=0, rollback=True)
    assert verdict.rolled_back is RolledBack.REFUSED
    tried = updates(broken.system)
    broken(event, grace_seconds=0, rollback=True)
    assert updates(broken.system) == tried


def test_an_operator_may_roll_back_once_and_people_are_notified(broken: Prober) -> None:
    ports, settings = broken.ports(), replace(broken.settings, rollback=True)
    roll_back({"rollBack": WEB}, ports, settings)
    assert running_tag(broken.system) == NEW
    done = updates(broken.system)
    roll_back({"rollBack": WEB}, ports, settings)
    assert updates(broken.system) == done
    assert broken.kinds == [("DeploymentRolledBack", "notice")]


def test_an_operator_can_t_roll_back_where_that_is_not_allowed(broken: Prober) -> None:
    ports, settings = broken.ports(), replace(broken.settings, rollback=False)
    roll_back({"rollBack": WEB}, ports, settings)
    with pytest.raises(BadEvent):
        roll_back({"rollBack": "nowhere"}, ports, settings)
    assert running_tag(broken.system) == "b" * 40
