"""How many jobs are left when more tasks are up, each figure redone here by hand."""

from copy import replace
from datetime import timedelta

import pytest

from ops_common.answers.queue import Measurement
from scale_workers.policy.history import Memory
from scale_workers.policy.model import ServiceState
from tests.unit.scale_workers.capacity_values import (
    NOW,
    POLICY,
    needed,
    seen,
    workers,
)


def left(measurement: Measurement, service: ServiceState, *changed_ago: float) -> float:
    """Of a thousand waiting jobs and three a second that come, 2 s each."""
    changed = tuple(NOW - timedelta(seconds=ago) for ago in changed_ago)
    memory = Memory(last_change_at=changed[0] if changed else None)
    found = needed(measurement, service=service, memory=memory, ready=1_000, coming_per_second=3.0)
    return found.left


FOUR = ServiceState(desired=4, running=9)
TWO_UP = seen(workers=workers(3, 3), long_running=1)


@pytest.mark.parametrize(
    ("changed_ago", "jobs_left"),
    [
        # Five free threads for 100 s; six more for as long as they are up by then.
        ((30,), 1_300 - (5 * 100 + 6 * 30) / 2),
        ((100,), 1_300 - (5 * 100 + 6 * 100) / 2),
        ((0,), 1_300 - 5 * 100 / 2),
        # Overdue, or asked for by someone else: expected by the next tick.
        ((101,), 1_300 - (5 * 100 + 6 * 40) / 2),
        ((), 1_300 - (5 * 100 + 6 * 40) / 2),
        ((-1,), 1_300 - (5 * 100 + 6 * 40) / 2),
    ],
)
def test_tasks_on_their_way_are_counted_on(changed_ago, jobs_left: float) -> None:
    assert left(TWO_UP, FOUR, *changed_ago) == pytest.approx(jobs_left)


def test_no_task_is_up_sooner_than_a_start_up_takes() -> None:
    quick = replace(POLICY, start_up_seconds=20)
    found = needed(seen(), service=FOUR, policy=quick, ready=1_000)
    # Nine run, as ECS says, and no worker is known: 4 × 3 threads for 20 s.
    assert found.left == 1_000 - 12 * 20 / 2
    service = replace(FOUR, running=0)
    assert needed(seen(), service=service, policy=quick, ready=1_000).left == 1_000


def test_workers_beyond_the_desired_count_are_not_counted_on() -> None:
    one = ServiceState(desired=1, running=2)
    assert left(seen(workers=workers(3, 3)), one, 30) == 1_300 - 3 * 100 / 2


def test_threads_that_run_long_jobs_take_no_others() -> None:
    two = ServiceState(desired=2, running=2)
    assert left(seen(workers=workers(3, 3), long_running=10), two, 30) == 1_300


def test_jobs_that_hold_their_threads_for_long_free_none() -> None:
    two = ServiceState(desired=2, running=2)
    measurement = seen(workers=workers(3, 3))
    found = needed(measurement, service=two, ready=1_000, long_share=0.5)
    assert found.left == 1_000 - 6 * 100 / 4
