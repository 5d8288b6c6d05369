"""Broken deployments that people reported, played whole: each is found by the right check, and
rolled back only where the older version would not have it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ops_common.answers.queue_health import QueueHealth
from probe_deployment.http_answer import Answer
from tests.unit.probe_deployment.play import Played, play, settings
from tests.unit.probe_deployment.world import (
    ECR,
    UNHEALTHY,
    WORKER,
    FakeTask,
    World,
    after,
    deployed,
)

LAST_LOOK = timedelta(minutes=25)
"""After the deployment's end: the soak's ten minutes, and the grace of each look."""


def boot_loop() -> World:
    world = deployed(WORKER)
    world.tasks = [
        FakeTask(f"new{number}", WORKER, after(40 + 70 * number), ended=after(80 + 70 * number))
        for number in range(20)
    ]
    return world


def out_of_memory() -> World:
    world = deployed()
    world.tasks += [
        FakeTask(
            f"fat{number}",
            world.service,
            after(60 + 180 * number),
            ended=after(240 + 180 * number),
            exit_code=137,
            why="OutOfMemoryError: Container killed due to memory usage",
        )
        for number in range(5)
    ]
    return world


def never_starts(*lines: str) -> World:
    """New tasks end as soon as they start, and the old ones serve on; there is no breaker."""
    world = deployed(completed=None)
    for old in world.tasks[:2]:
        old.ended = None
    world.tasks[2:] = [
        FakeTask(
            f"new{number}",
            world.service,
            after(40 + 60 * number),
            ended=after(55 + 60 * number),
            zone=f"eu-west-1{'ab'[number % 2]}",
        )
        for number in range(14)
    ]
    world.lines = [(task.started, task.id, line) for task in world.tasks[2:] for line in lines]
    return world


def other_queue_database() -> World:
    return deployed(WORKER, processes=lambda now: [after(-7200)] if now < after(110) else [])


def five_percent() -> World:
    world = deployed(
        traffic=lambda at: (60, 3, 0.1) if at >= after(60) else (60, 0, 0.1),
    )
    world.lines = [
        (after(130 + 20 * number), "new0", f"[0f5e{number}] {line}")
        for number in range(30)
        for line in (
            "Completed 500 Internal Server Error in 12ms",
            "NoMethodError (undefined method 'total' for nil):",
        )
    ]
    return world


def cached() -> World:
    headers = {"cf-cache-status": "HIT", "age": "120", "server": "cloudflare"}
    return deployed(answer=lambda _: Answer(200, headers, 0.02))


def old_image() -> World:
    world = deployed()
    world.tasks = [replace(task, image=f"{ECR}:old") for task in world.tasks]
    return world


def half_of_the_zones() -> World:
    """Tasks in one zone never answer the balancer, and ECS starts others there again."""
    world = deployed(
        targets=lambda now: [("healthy", ""), ("unhealthy", "Target.Timeout")],
    )
    world.tasks[3].zone = "eu-west-1a"
    world.tasks += [
        FakeTask(
            f"far{number}",
            world.service,
            after(45 + 90 * number),
            ended=after(130 + 90 * number),
            zone="eu-west-1b",
            how=UNHEALTHY,
            exit_code=143,
        )
        for number in range(8)
    ]
    return world


def claims_nothing() -> World:
    """Jobs come every ten seconds, and none has been taken on since the old worker stopped."""

    def health(now: datetime) -> QueueHealth:
        taken = min(now, after(100))
        return QueueHealth(0, 0, max(0.0, (now - taken).total_seconds()), taken, taken)

    return deployed(WORKER, queue=health)


def booted_before_the_secret() -> World:
    return deployed(secret_since=after(90))


def slower() -> World:
    return deployed(traffic=lambda at: (60, 0, 3.0) if at >= after(60) else (60, 0, 0.4))


def jobs_fail() -> World:
    def health(now: datetime) -> QueueHealth:
        return QueueHealth(1, int((now - after(60)).total_seconds()), 4.0, now, now)

    return deployed(WORKER, queue=health)


BROKEN: dict[str, tuple[Callable[[], World], set[str]]] = {
    "a boot loop at 40 s": (boot_loop, {"restarts"}),
    "out of memory every three minutes": (out_of_memory, {"restarts"}),
    "a migration failed while old tasks serve": (
        lambda: never_starts(
            "bin/rails aborted!",
            "StandardError: An error has occurred, this and all later migrations canceled:",
            "PG::UndefinedColumn: ERROR:  column users.plan does not exist",
        ),
        {"hanging", "log_errors", "restarts"},
    ),
    "the wrong queue database": (other_queue_database, {"solid_queue"}),
    "5 % of 500s": (five_percent, {"responses_since", "log_errors"}),
    "a cached health check": (cached, {"health_check"}),
    "the old image": (old_image, {"image"}),
    "the wrong version of the secret": (
        lambda: deployed(pinned="::AWSPREVIOUS:"),
        {"secret_version"},
    ),
    "booted before the secret's version": (booted_before_the_secret, {"secret_version"}),
    "half of the zones": (half_of_the_zones, {"target_health", "zones"}),
    "registered, and claims nothing": (claims_nothing, {"queue_health"}),
    "hanging without a breaker": (never_starts, {"hanging"}),
    "the wrong architecture": (
        lambda: never_starts("exec /rails/bin/docker-entrypoint: exec format error"),
        {"hanging", "log_errors", "restarts"},
    ),
    "jobs that fail": (jobs_fail, {"queue_health"}),
    "slower by far": (slower, {"responses_since"}),
}
# What the older version would meet as well, or nobody can tell that it would not.
NOT_ROLLED_BACK = {
    "a cached health check",
    "the old image",
    "the wrong version of the secret",
    "booted before the secret's version",
    "slower by far",
    "half of the zones",
}


@pytest.fixture(params=BROKEN)
def name(request: pytest.FixtureRequest) -> str:
    """Of a broken deployment."""
    return str(request.param)


@pytest.fixture
def played(name: str, monkeypatch: pytest.MonkeyPatch) -> Played:
    """It, from its beginning to the last look."""
    return play(BROKEN[name][0](), settings(monkeypatch))


def test_is_found_by_the_right_check_within_the_soak(name: str, played: Played) -> None:
    assert BROKEN[name][1] <= played.failed
    failing = [verdict for verdict in played.verdicts if verdict.outcome == "fail"]
    ended = played.world.completed or after(0)
    assert failing[0].decided_at <= ended + LAST_LOOK
    # People are told as of an incident, and no look follows.
    assert [event.state for event in played.events][-1] == "open"
    assert played.verdicts[-1].outcome == "fail"


def test_is_rolled_back_where_that_helps(name: str, played: Played) -> None:
    by_hook = played.verdicts[-1].request.suite == "stuck"
    if name in NOT_ROLLED_BACK:
        assert played.fixed_by_older_version == set()
        assert played.world.deployed == []
    elif not by_hook:
        assert [arn.rpartition(":")[2] for arn in played.world.deployed] == ["1"]
