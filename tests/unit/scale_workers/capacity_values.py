"""Rates, a policy and measurements that tests of the required capacity begin with."""

from copy import replace
from datetime import UTC, datetime

from ops_common.answers.queue import Measurement, Worker
from scale_workers.policy.history import Memory
from scale_workers.policy.model import Policy, ServiceState
from scale_workers.policy.rates import Rates
from scale_workers.policy.required_capacity import (
    RequiredCapacity,
    required_capacity,
)

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
QUIET = Rates(
    ready=0,
    arrivals_per_second=0.0,
    coming_per_second=0.0,
    service_seconds=2.0,
    fresh_seconds=2.0,
    long_share=0.0,
    measured=True,
    quiet=True,
)
POLICY = Policy(
    min_tasks=0,
    max_tasks=100,
    target_latency_seconds=300,
    start_up_seconds=100,
    tick_seconds=60,
    threads_per_task=3,
)
NOBODY = ServiceState(desired=0, running=0)


def workers(*threads: int, queues: tuple[str, ...] = ("*",)) -> tuple[Worker, ...]:
    return tuple(Worker(f"ip-{n}", each, queues, 0, 20) for n, each in enumerate(threads))


def seen(**values) -> Measurement:
    given = {"taken_at": NOW, "queues": (), "oldest_wait_seconds": 0.0, "in_flight": 0}
    return Measurement(**{**given, **values})


def needed(
    measurement: Measurement,
    *,
    service: ServiceState = NOBODY,
    policy: Policy = POLICY,
    memory: Memory | None = None,
    **rates,
) -> RequiredCapacity:
    rates = {"coming_per_second": rates.get("arrivals_per_second", 0.0), **rates}
    return required_capacity(
        measurement, replace(QUIET, **rates), service, policy, memory or Memory(), NOW
    )
