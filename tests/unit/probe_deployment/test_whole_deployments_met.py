"""Deployments whose events come late, twice or in another order, and services that go away."""

from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest

from probe_deployment.http_answer import Answer
from probe_deployment.probe import probe
from probe_deployment.settings import Settings
from probe_deployment.superseded import Superseded
from probe_deployment.triggers import parse
from tests.unit.probe_deployment.play import Faults, Played, play, ports_of, settings
from tests.unit.probe_deployment.world import ARN, WEB, WORKER, World, after, definition, deployed

LATER = after(5_000)
"""When all of it is over."""


def arrives(played: Played, chosen: Settings, name: str, of: str, at: datetime) -> None:
    """An event of ECS, now, on what happened to a deployment then."""
    event: dict[str, Any] = {
        "detail-type": "ECS Deployment State Change",
        "time": at.isoformat(),
        "resources": [f"{ARN}service/jiki-production/{played.world.service}"],
        "detail": {
            "eventName": f"SERVICE_DEPLOYMENT_{name}",
            "deploymentId": of,
            "updatedAt": at.isoformat(),
            "reason": "x",
        },
    }
    request = parse(event, chosen.services)
    assert request is not None
    with suppress(Superseded):
        played.verdicts.append(probe(request, ports_of(played, chosen, Faults()), chosen))


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Settings:
    return settings(monkeypatch)


def passed(at: datetime, *, new: bool) -> World:
    """The deployment of the small world is over, and one has passed then."""
    world = deployed(now=LATER)
    world.items[f"probe#passed#{WEB}"] = {
        "task_definition": {"S": definition(WEB, new=new)},
        "passed_at": {"S": at.isoformat()},
    }
    return world


def test_the_end_of_one_that_was_replaced_is_nobody_s_news(chosen: Settings) -> None:
    played = Played(deployed(now=after(200)))
    arrives(played, chosen, "COMPLETED", "ecs-svc/old", after(-100))
    assert (played.verdicts, played.events) == ([], [])


def test_an_end_that_is_sent_twice_is_notified_of_once(chosen: Settings) -> None:
    played = Played(deployed(now=after(200)))
    for _ in range(2):
        arrives(played, chosen, "COMPLETED", "ecs-svc/new", after(120))
    assert len(played.events) == 1


def test_an_end_that_comes_hours_late_has_its_grace(chosen: Settings) -> None:
    """A single lost answer is no reason to go back."""
    world = passed(after(-9_000), new=False)
    lost = Answer(502, {"x-request-id": "1"}, 0.1)
    world.answer = lambda now: lost if now == LATER else Answer(200, {"x-request-id": "1"}, 0.1)
    played = Played(world)
    arrives(played, chosen, "COMPLETED", "ecs-svc/new", after(120))
    assert (played.failed, world.deployed) == (set(), [])


@pytest.mark.parametrize(("passed_at", "states"), [(800, []), (-9_000, ["open"])])
def test_a_failure_that_comes_after_a_later_one_s_pass_opens_nothing(
    passed_at: float, states: list[str], chosen: Settings
) -> None:
    played = Played(passed(after(passed_at), new=True))
    arrives(played, chosen, "FAILED", "ecs-svc/bad", after(-300))
    assert [event.state for event in played.events] == states


def test_a_service_that_is_not_there_is_no_reason_not_to_judge_another(chosen: Settings) -> None:
    world = deployed()
    world.missing = {WORKER}
    played = play(world, chosen)
    assert (played.failed, played.unknown) == (set(), set())
    assert played.verdicts[-1].outcome == "pass"


def test_a_service_that_is_deleted_meanwhile_is_undecided(chosen: Settings) -> None:
    world = deployed(description=lambda now: {"status": "INACTIVE"} if now > after(400) else {})
    played = play(world, chosen)
    assert (played.failed, world.deployed) == (set(), [])
    assert [event.kind for event in played.events][-1] == "DeploymentUndecided"
