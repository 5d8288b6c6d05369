"""What a tick logs, as the dashboard and people read it."""

import json
import re
from copy import replace
from datetime import timedelta

from local.transform import resolved
from ops_common.answers.queue import QueueDepth
from scale_workers.tick import run
from tests.unit.scale_workers.tick_world import NOW, World, measured, settings, worker


def test_the_dashboard_draws_what_a_tick_logs() -> None:
    body = json.dumps(resolved()["Dashboard"]["Properties"]["DashboardBody"])
    paths = set(re.findall(r"\b(tick\.[a-z_.]+)", body))
    assert paths
    (tick,) = run(World(looks=[measured(worker(1))]).ports(), settings(), NOW)
    for path in paths:
        value = {"tick": tick.as_json()}
        for name in path.split("."):
            value = value[name]
        assert isinstance(value, int), path


def test_the_ready_jobs_of_a_line_leave_paused_queues_out() -> None:
    paused = QueueDepth("imports", 7, paused=True)
    look = measured(worker(1), ready=5)
    look = replace(look, queues=(*look.queues, paused))
    (tick,) = run(World(looks=[look]).ports(), settings(), NOW)
    assert tick.as_json()["ready"] == 5


def test_they_go_on_beyond_the_bound_of_counting() -> None:
    world = World(looks=[replace(measured(worker(1)), enqueued_total=100, started_total=100)])
    list(run(world.ports(), settings(), NOW))
    later = NOW + timedelta(minutes=1)
    deep = replace(
        measured(worker(1)),
        taken_at=later,
        queues=(QueueDepth("default", 500, ready_is_at_least=True, estimate=50_000),),
        enqueued_total=50_100,
        started_total=100,
    )
    world.looks = [deep]
    (tick,) = run(world.ports(), settings(), later)
    assert tick.as_json()["ready"] == 50_000
