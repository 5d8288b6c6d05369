"""A pipeline asks for its deployment by its id: did it win, and if not, why."""

from typing import Any

from tests.integration.probe_deployment.conftest import WORKER, System
from tests.integration.probe_deployment.prober import EndsAtOnce, Prober


def give_up(system: System, *, rolls_back: bool) -> Any:
    """Deploy what ends at once, until ECS's circuit breaker gives it up; returns its event."""
    service, runners = system.ecs.service(WORKER), system.ecs.engine.runners
    service.rollback = rolls_back
    runner, runners[WORKER] = runners[WORKER], EndsAtOnce()
    system.deploy(WORKER, "c" * 40, wait=False)
    mine = service.primary.id
    while all(each.rollout_state != "FAILED" for each in service.deployments):
        system.ecs.advance(5)
    runners[WORKER] = runner
    event = system.deployment_event(WORKER, "FAILED")
    assert event["detail"]["deploymentId"] == mine
    return event


def asked_for(system: System, deployment: str) -> dict[str, Any]:
    return system.probe(trigger="pipeline", service=WORKER, deploymentId=deployment)


def test_one_that_ecs_gave_up_and_rolls_back_is_said_to_be(prober: Prober) -> None:
    system = prober.system
    mine = give_up(system, rolls_back=True)["detail"]["deploymentId"]
    answer = asked_for(system, mine)
    assert (answer["status"], answer["deploymentId"]) == ("superseded", mine)
    assert answer["currentDeploymentId"] == system.ecs.service(WORKER).primary.id != mine
    assert answer["gaveUp"] is True


def test_it_is_known_still_when_ecs_lists_it_no_longer(prober: Prober) -> None:
    # GIVEN its event, which was probed, and a roll back that has completed since
    system = prober.system
    event = give_up(system, rolls_back=True)
    mine = event["detail"]["deploymentId"]
    prober(event)
    system.ecs.advance(300)
    assert mine not in [each.id for each in system.ecs.service(WORKER).deployments]
    answer = asked_for(system, mine)
    assert (answer["status"], answer["gaveUp"]) == ("superseded", True)


def test_one_that_ecs_gave_up_and_left_there_fails(prober: Prober) -> None:
    mine = give_up(prober.system, rolls_back=False)["detail"]["deploymentId"]
    answer = asked_for(prober.system, mine)
    assert (answer["status"], answer["deploymentId"]) == ("fail", mine)
    failed = [each["name"] for each in answer["checks"] if each["status"] == "fail"]
    assert "rollout" in failed


def test_one_that_was_merely_replaced_was_not_given_up(prober: Prober) -> None:
    system = prober.system
    mine = system.ecs.service(WORKER).primary.id
    system.deploy(WORKER, "d" * 40)
    answer = asked_for(system, mine)
    assert (answer["status"], answer["gaveUp"]) == ("superseded", False)
    assert answer["currentDeploymentId"] == system.ecs.service(WORKER).primary.id
