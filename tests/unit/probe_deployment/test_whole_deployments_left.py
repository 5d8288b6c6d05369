"""Deployments that fail a check for what an older version would meet too, played whole: people are
notified, and the version is left as it is.
"""

from collections.abc import Callable

import pytest

from probe_deployment.http_answer import Answer
from tests.unit.probe_deployment.play import play, settings
from tests.unit.probe_deployment.world import (
    WORKER,
    World,
    after,
    deployed,
    with_tasks_that_end,
)

OF_APP = {"x-request-id": "1"}


def web_answers_500() -> World:
    """A worker is deployed, and it is the web service that fails."""
    return deployed(WORKER, answer=lambda _: Answer(500, OF_APP, 0.1))


def scaled_to_zero(**headers: str) -> World:
    """Somebody stops the service for the night, and a deployment of no task completes."""
    world = deployed(desired=0, targets=lambda _: [], answer=lambda _: Answer(503, headers, 0.01))
    world.tasks = [task for task in world.tasks if not task.new]
    return world


def migrates() -> World:
    """The worker's container migrates for twenty minutes before it starts Solid Queue."""
    return deployed(
        WORKER,
        migrating=lambda now: now < after(1240),
        processes=lambda now: [after(1250)] if now >= after(1250) else [],
    )


def restarts_while_it_migrates() -> World:
    """Its tasks are killed before the migration has ended, which goes on in another's."""
    world = deployed(completed=None, migrating=lambda _: True)
    return with_tasks_that_end(world, every=150, until=1200, seconds=300)


LEFT: dict[str, tuple[Callable[[], World], set[str]]] = {
    "a worker, while the web service is broken": (web_answers_500, {"health_check"}),
    "scaled to zero, as the balancer says it": (
        lambda: scaled_to_zero(server="awselb/2.0"),
        {"health_check", "image", "rollout", "target_health"},
    ),
    "scaled to zero, as Cloudflare passes it on": (
        lambda: scaled_to_zero(server="cloudflare"),
        {"health_check", "image", "rollout", "target_health"},
    ),
    "a migration that lasts longer than the probe": (migrates, {"migrations", "solid_queue"}),
    "a migration that outlasts its tasks": (
        restarts_while_it_migrates,
        {"migrations", "restarts"},
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_is_notified_and_left_as_it_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, failing = LEFT[name]
    played = play(make(), settings(monkeypatch))
    assert (played.failed, played.world.deployed) == (failing, [])
    assert [event.state for event in played.events] == ["open"]
