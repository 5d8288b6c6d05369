"""Queues with jobs that no live worker takes."""

import pytest

from scale_workers.policy.measurement import Measurement, QueueDepth, Worker
from tests.unit.scale_workers.looks import seen

QUEUES = {
    "default": True,
    "mail": True,
    "mail_out": True,
    "video": False,
    "defaults": False,
    "main": False,
    "marketing": False,
}


def look(queues: tuple[QueueDepth, ...], *lists: tuple[str, ...]) -> Measurement:
    workers = tuple(Worker(f"ip-{n}", 3, one, 0, 20) for n, one in enumerate(lists))
    return seen(queues=queues, workers=workers)


def test_a_queue_is_served_by_its_name_or_a_prefix() -> None:
    measurement = look(tuple(QueueDepth(name, 10) for name in QUEUES), ("default", "mail*"))
    assert measurement.unserved == tuple(name for name, served in QUEUES.items() if not served)


def test_paused_and_empty_queues_are_not_missed() -> None:
    queues = (QueueDepth("video", 10, paused=True), QueueDepth("pdf", 0))
    assert look(queues, ("default",)).unserved == ()


@pytest.mark.parametrize("lists", [(), (("*",),), (("default", "*"),), (("default",), ("*",))])
def test_a_star_serves_all_and_without_workers_nobody_knows(lists) -> None:
    assert look((QueueDepth("video", 10),), *lists).unserved == ()


def test_an_unserved_queue_counts_as_a_paused_one() -> None:
    queues = (QueueDepth("default", 40), QueueDepth("video", 500, ready_is_at_least=True))
    measurement = look((*queues, QueueDepth("pdf", 60, paused=True)), ("default",))
    taken = measurement.with_unserved_paused()
    assert [queue.paused for queue in taken.queues] == [False, True, True]
    assert (taken.ready, taken.ready_is_at_least, taken.paused_is_at_least) == (40, False, True)
