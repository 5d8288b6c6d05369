"""Which list covers which queue, and queues with jobs that nobody takes."""

import pytest

from ops_common.answers.queue import Completed, Measurement, QueueDepth, QueueFlow, Worker
from scale_workers.policy.history import ServiceMemory
from scale_workers.policy.model import Policy
from scale_workers.policy.pools import divide
from scale_workers.policy.queues import idle_beside, lists_of, specificity, unserved
from tests.unit.scale_workers.two_measurements import before, seen

QUEUES = {
    "default": True,
    "mail": True,
    "mail_out": True,
    "video": False,
    "defaults": False,
    "main": False,
    "marketing": False,
}


def look(queues: tuple[QueueDepth, ...], *lists: tuple[str, ...], busy: int = 0) -> Measurement:
    workers = tuple(Worker(f"ip-{n}", 3, one, busy, 20) for n, one in enumerate(lists))
    return seen(queues=queues, workers=workers)


def missed(measurement: Measurement) -> tuple[str, ...]:
    return unserved(measurement, lists_of(measurement.workers))


def test_a_queue_is_served_by_its_name_or_a_prefix() -> None:
    measurement = look(tuple(QueueDepth(name, 10) for name in QUEUES), ("default", "mail*"))
    assert missed(measurement) == tuple(name for name, served in QUEUES.items() if not served)


def test_paused_and_empty_queues_are_not_missed() -> None:
    queues = (QueueDepth("video", 10, paused=True), QueueDepth("pdf", 0))
    assert missed(look(queues, ("default",))) == ()


@pytest.mark.parametrize("lists", [(), (("*",),), (("default", "*"),), (("default",), ("*",))])
def test_a_star_serves_all_and_without_workers_nobody_knows(lists) -> None:
    assert missed(look((QueueDepth("video", 10),), *lists)) == ()


def test_a_name_is_closer_than_a_prefix_and_that_than_a_star() -> None:
    closeness = [
        specificity([queues], "mail_out") for queues in (("mail_out",), ("mail*",), ("*",))
    ]
    assert closeness == sorted(closeness, reverse=True)
    assert specificity([("video",), ("pdf",)], "mail_out") == 0


@pytest.mark.parametrize(
    ("pattern", "queue", "taken"),
    [("**", "any", True), ("mail**", "mailers", True), ("*mail", "mail", False)],
)
def test_stars_are_read_as_solid_queue_reads_them(pattern, queue, taken) -> None:
    assert (specificity([(pattern,)], queue) > 0) is taken


OLD = (QueueDepth("low", 9, oldest_wait_seconds=90.0),)


@pytest.mark.parametrize(
    ("measurement", "found"),
    [
        (look(OLD, ("low",)), ("low",)),
        (look(OLD, ("low",), busy=3), ()),
        (look(OLD, ("other",)), ()),
        (look((QueueDepth("low", 9, oldest_wait_seconds=30.0),), ("low",)), ()),
        (look((QueueDepth("low", 9, paused=True, oldest_wait_seconds=90.0),), ("low",)), ()),
        (
            seen(
                queues=OLD,
                flows=(QueueFlow("low", completed=2),),
                workers=look(OLD, ("low",)).workers,
            ),
            (),
        ),
    ],
)
def test_old_jobs_beside_idle_threads_are_seen(measurement, found) -> None:
    assert idle_beside(measurement) == found


@pytest.mark.parametrize(
    ("completed", "started", "stalled"),
    [
        ((Completed(60.0, 0),), 1_900, ("low",)),
        (None, 1_000, ("low",)),
        # Jobs of a few milliseconds: nothing of them is left to be seen.
        (None, 1_900, ()),
    ],
)
def test_a_queue_is_left_aside_only_where_its_jobs_would_have_been_seen(
    completed, started, stalled
) -> None:
    measurement = seen(
        queues=OLD,
        workers=look(OLD, ("low",)).workers,
        started_total=started,
        completed=completed,
    )
    memory = before(service=ServiceMemory(idle_beside=("low",)))
    assert divide(measurement, None, memory, Policy()).stalled == stalled
