"""The scaler beside an ECS that evens out its zones by itself."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from local.clock import SteppedClock
from local.ecs import EcsStandIn
from local.moto_aws import MotoAws
from scale_workers.self_check import rebalancing
from tests.conftest import Database
from tests.integration.scale_workers.test_scale_in_safety import (
    ONE_SERVICE,
    WORKER_SERVICE,
    Outcome,
    Scaler,
    work,
)

SEED = 2
"""Busy tasks come to be in one zone while idle ones of the other go."""


@pytest.fixture
def played(
    database: Database, aws: MotoAws, ecs: EcsStandIn, clock: SteppedClock
) -> Callable[[bool], tuple[Outcome, int]]:
    ecs.engine.stop_delay = timedelta(seconds=30)
    ecs.engine.start_delay = timedelta(seconds=45)

    def run_with(rebalances: bool) -> tuple[Outcome, int]:
        service = ecs.service(WORKER_SERVICE)
        service.zone_rebalancing = rebalances
        scaler = Scaler(database, ecs, clock, SEED, safely=True, queues=ONE_SERVICE)
        outcome = work(scaler, clock, SEED, ONE_SERVICE, kills=False)
        return outcome, sum("is not AZ balanced" in text for _, text in service.messages)

    return run_with


def test_with_rebalancing_off_nothing_stops_a_task_that_runs_a_job(
    played: Callable[[bool], tuple[Outcome, int]],
) -> None:
    outcome, rebalanced = played(False)
    assert outcome.scale_ins >= 5
    assert (rebalanced, outcome.in_flight_broken) == (0, 0)


def test_with_rebalancing_on_ecs_itself_breaks_jobs(
    played: Callable[[bool], tuple[Outcome, int]],
) -> None:
    outcome, rebalanced = played(True)
    assert rebalanced > 0
    assert outcome.in_flight_broken > 0


@pytest.mark.parametrize(
    ("on", "minutes_protected", "stopped"), [(True, 0, 1), (True, 5, 0), (False, 0, 0)]
)
def test_with_rebalancing_on_ecs_stops_a_task_of_the_fuller_zone_whatever_it_runs(
    ecs: EcsStandIn, clock: SteppedClock, on: bool, minutes_protected: int, stopped: int
) -> None:
    # GIVEN three tasks that run jobs, all in one zone since the idle ones of the other went
    service = ecs.service(WORKER_SERVICE)
    service.zone_rebalancing = on
    service.desired = 3
    ecs.advance(60)
    busy = ecs.running_tasks(WORKER_SERVICE)
    for task in busy:
        task.availability_zone = "eu-west-1a"
        task.protected_until = clock.now + timedelta(minutes=minutes_protected)
    # WHEN ECS has had the time for one more task, and not yet for another
    ecs.advance(60)
    # THEN one of the three was stopped for it, unless they were protected
    still = {task.arn for task in ecs.running_tasks(WORKER_SERVICE)}
    assert len({task.arn for task in busy} - still) == stopped


@pytest.mark.parametrize(
    ("name", "on", "warned"),
    [("worker", True, True), ("worker", False, False), ("web", True, False)],
)
def test_doctor_names_the_worker_services_for_which_it_is_on(
    name: str, on: bool, warned: bool
) -> None:
    service: Any = SimpleNamespace(name=name, zone_rebalancing=on)
    assert bool(rebalancing([service], ("worker",))) is warned
