"""Deployments that look odd and are good, played whole: each passes, and nothing is touched."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ops_common.answers.queue_health import QueueHealth
from probe_deployment.http_answer import Answer
from tests.unit.probe_deployment.play import play, settings
from tests.unit.probe_deployment.world import (
    ECR,
    SCALED_IN,
    SPOT,
    START_UP,
    WORKER,
    FakeTask,
    World,
    after,
    deployed,
)


def with_tasks(*tasks: FakeTask) -> World:
    world = deployed()
    world.tasks += tasks
    return world


def with_lines(*lines: str, every: float = 30, task: str = "new0") -> World:
    world = deployed()
    world.lines = [
        (after(60 + every * number), task, line) for number in range(20) for line in lines
    ]
    return world


def slow_start() -> World:
    """The balancer finds it healthy, while the public address still answers 503 for a while."""
    ok = Answer(200, {"x-request-id": "1"}, 0.05)
    bad = Answer(503, {"x-request-id": "1"}, 0.05)
    return deployed(answer=lambda now: ok if now >= after(250) else bad)


def by_digest() -> World:
    world = deployed()
    world.tasks[3] = replace(world.tasks[3], image=f"{ECR}:new@sha256:1")
    return world


def the_same_as_before() -> World:
    """Another service's timeouts, at their usual rate."""
    world = with_lines("[0f5e] Faraday::TimeoutError (Net::ReadTimeout):", every=40)
    world.lines += [
        (after(-3500 + 40 * number), f"old{number % 2}", "[1a] Faraday::TimeoutError (x):")
        for number in range(85)
    ]
    return world


def with_errors_of_each_start() -> World:
    """The old tasks' start is two hours ago, beyond what is read of their log."""
    world = deployed()
    line = "E, [2026-01-15T10:20:44.1 #7] ERROR -- : no cache yet, building it"
    world.lines = [
        (task.started + START_UP / 10 * number, task.id, line)
        for task in world.tasks
        for number in range(3)
    ]
    return world


def behind_a_proxy() -> World:
    """The balancer asks Thruster for /up while Puma boots, as the old tasks' start did not see."""
    world = deployed()
    log = '{"time":"t","level":"INFO","path":"/up",'
    unable = (
        log + '"msg":"Unable to proxy request","error":"dial tcp: connect: connection refused"}'
    )
    asked = log + '"msg":"Request","method":"GET","status":'
    rows = [*[unable, asked + "502}"] * 4, "* Listening on http://0.0.0.0:3000", asked + "200}"]
    world.lines = [
        (task.started + START_UP / 10 * number, task.id, row)
        for task in world.tasks[2:]
        for number, row in enumerate(rows)
    ]
    return world


def lent(**fields: object) -> FakeTask:
    task = FakeTask("other", "jiki-api-web", after(50), ended=after(200))
    for name, value in fields.items():
        setattr(task, name, value)
    return task


def in_one_zone() -> World:
    """By chance, and ECS will move one of them."""
    world = deployed(evens_zones_out=True)
    world.tasks[3].zone = "eu-west-1a"
    return world


GOOD: dict[str, Callable[[], World]] = {
    "nothing odd at all": deployed,
    "a worker": lambda: deployed(WORKER),
    "a scale-in meanwhile": lambda: with_tasks(lent(how=SCALED_IN, exit_code=143)),
    "Spot interruptions": lambda: with_tasks(
        lent(how=SPOT, exit_code=137), lent(id="another", how=SPOT, exit_code=137)
    ),
    "two tasks that migrated at once, of which one ended": lambda: with_tasks(lent()),
    "scanners and clients' faults": lambda: with_lines(
        '[0f5e] ActionController::RoutingError (No route matches [GET] "/.env"):',
        "[0f5e] ActiveRecord::RecordNotFound (Couldn't find Lesson with 'id'=7):",
        "[0f5e] Completed 404 Not Found in 2ms",
    ),
    "a proxy that starts before the app": behind_a_proxy,
    "errors of each start": with_errors_of_each_start,
    "the old tasks' end": lambda: with_lines(
        "SIGTERM (SignalException)", "- Gracefully shutting down workers...", task="old0"
    ),
    "another service's timeouts as before": the_same_as_before,
    "an image by its digest from the second task on": by_digest,
    "a queue without work": lambda: deployed(
        WORKER, queue=lambda _: QueueHealth(0, 0, None, after(-9000), after(-9000))
    ),
    "jobs that fail as before": lambda: deployed(
        WORKER, queue=lambda now: QueueHealth(6, 5, 20.0, now, now)
    ),
    "a night without traffic": lambda: deployed(traffic=lambda _: (0, 0, 0)),
    "one 500 in thousands": lambda: deployed(
        traffic=lambda at: (900, 1 if at == after(180) else 0, 0.2)
    ),
    "a target that drains": lambda: deployed(
        targets=lambda _: [("healthy", ""), ("healthy", ""), ("draining", "")]
    ),
    "a slow start": slow_start,
    "all in one zone for a while": in_one_zone,
    "a migration during the start": lambda: deployed(migrating=lambda now: now < after(200)),
    "an answer that Cloudflare passed on": lambda: deployed(
        answer=lambda _: Answer(200, {"cf-cache-status": "DYNAMIC", "age": "0"}, 0.1)
    ),
    "the secret's current version by its id": lambda: deployed(pinned=":::v2"),
}


@pytest.mark.parametrize("name", GOOD)
def test_passes_for_good(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    played = play(GOOD[name](), settings(monkeypatch))
    assert (played.failed, played.unknown) == (set(), set())
    assert [verdict.outcome for verdict in played.verdicts] == [*["pass_so_far"] * 3, "pass"]
    assert played.world.deployed == []
    # Told once, when it is final; what had passed so far was recorded only.
    assert [event.state for event in played.events] == ["change", "notice"]
