"""A deployment that has failed without a rollback: ECS starts no more tasks for the service."""

from copy import replace
from datetime import timedelta

from ops_common.ecs import Deployment, Service
from scale_workers.observe import DEPLOYMENT_FAILED
from scale_workers.policy.outcome import HeldBy
from scale_workers.tick import run
from tests.unit.scale_workers.tick_world import (
    NOW,
    World,
    measured,
    service,
    settings,
    task,
    worker,
)

MINUTES = 30


def failed(one: Service) -> Service:
    """PRIMARY in FAILED beside the ACTIVE deployment of before (ECS API Reference, Deployment)."""
    primary: Deployment = replace(one.primary, id="ecs-svc/2", rollout_state="FAILED", running=0)
    return replace(one, deployments=(primary, replace(one.primary, primary=False)))


def test_it_is_why_tasks_are_missing_and_notified_once() -> None:
    # GIVEN one task of the old deployment at work, and a backlog for many more
    world = World(worker=failed(service(5, running=1)), listed=[task(1)])
    for minute in range(MINUTES):
        at = NOW + timedelta(minutes=minute)
        world.looks = [measured(worker(1, 3), ready=3000, oldest=90, at=at)]
        (tick,) = run(world.ports(), settings(), at)
    # THEN nothing is promised, and people are notified of it once
    assert tick.decision.held_by is HeldBy.MISSING
    assert tick.service.missing_because == DEPLOYMENT_FAILED
    missing = [event for event in world.events if event.kind == "WorkersMissing"]
    assert len(missing) == 1


def test_it_is_no_rollout_that_keeps_idle_tasks_for_ever() -> None:
    world = World(worker=failed(service(4)), listed=[task(number) for number in range(1, 5)])
    for minute in range(MINUTES):
        at = NOW + timedelta(minutes=minute)
        running = world.listed[: world.worker.desired]
        world.worker = replace(world.worker, running=world.worker.desired)
        world.looks = [measured(*(worker(n) for n in range(1, len(running) + 1)), at=at)]
        list(run(world.ports(), settings(), at))
    assert world.worker.desired == 1
