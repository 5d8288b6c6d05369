"""Two measurements of the queue, a minute apart unless said otherwise."""

from datetime import UTC, datetime, timedelta

from ops_common.answers.queue import Measurement, QueueDepth
from scale_workers.policy.history import Memory

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def seen(ready: int = 0, **values) -> Measurement:
    given = {
        "taken_at": NOW,
        "queues": (QueueDepth("default", ready),),
        "oldest_wait_seconds": 0.0,
        "in_flight": 0,
    }
    return Measurement(**{**given, **values})


def before(seconds: float = 60, **values) -> Memory:
    return Memory(
        **{
            "measured_at": NOW - timedelta(seconds=seconds),
            "enqueued_total": 1_000,
            "started_total": 1_000,
            **values,
        }
    )
