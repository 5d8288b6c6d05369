"""A tick as people and programs read it later: one log line, and two metrics."""

from datetime import datetime
from typing import Any, NamedTuple

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from ops_common.answers.queue import Measurement
from ops_common.identity import Identity
from ops_common.jsonable import jsonable
from ops_common.observability import logger, metrics
from scale_workers.policy.applied import Applied
from scale_workers.policy.history import Memory
from scale_workers.policy.model import NoMeasurement, Policy, ServiceState
from scale_workers.policy.outcome import Decision
from scale_workers.policy.queues import pool_waits

MESSAGE = "scaling tick"
"""What `make replay` finds in exported logs."""


class Tick(NamedTuple):
    """What was seen, decided and done."""

    at: datetime
    name: str
    """Of the worker service."""
    measurement: Measurement | NoMeasurement
    service: ServiceState
    policy: Policy
    decision: Decision
    applied: Applied
    dry_run: bool
    speaks_for_all: bool = True
    """Whether the metrics of the whole queue are this one's to publish."""
    latency_metric: bool = False
    """Whether each pool's waits are a metric."""

    @property
    def reason(self) -> str:
        """The decision's reason, and what kept it from being applied as decided."""
        if self.dry_run:
            return f"{self.decision.reason} (dry run)"
        if self.applied.note:
            return f"{self.decision.reason}; {self.applied.desired} for now: {self.applied.note}"
        return self.decision.reason

    def as_json(self) -> dict[str, Any]:
        """The log line's field `tick`."""
        memory = self.decision.memory
        seen: dict[str, Any] = (
            # Before the lists, for Logs Insights sees the first 200 values of a line; and beyond
            # the bound of counting, as the reason says it.
            {"ready": _ready(memory), "measurement": self.measurement.as_json()}
            if isinstance(self.measurement, Measurement)
            else {"not_measured": jsonable(self.measurement)}
        )
        return {
            "at": self.at.isoformat(),
            "name": self.name,
            **seen,
            "service": self.service.as_json(),
            "policy": jsonable(self.policy),
            "decision": {
                "desired": self.decision.desired,
                "required": self.decision.required,
                "held_by": self.decision.held_by,
            },
            "applied": self.applied.desired,
            "kept_by": self.applied.kept_by,
            "dry_run": self.dry_run,
        }


def _latency(measurement: Measurement) -> float:
    """The oldest wait; due jobs that no dispatcher moves wait too."""
    if not measurement.due_jobs_whose_dispatcher_is_missing:
        return measurement.oldest_wait_seconds
    return max(measurement.oldest_wait_seconds, measurement.oldest_due_seconds)


def _ready(memory: Memory) -> int:
    """Of the widest group of pools where there are several: it has all jobs."""
    return max((one.waiting for one in memory.pools.values()), default=memory.waiting)


def report(tick: Tick) -> dict[str, Any]:
    """Log the tick, count it, and return the handler's answer.

    Metrics: QueueLatency and FailedJobs, which alarms watch, where they were measured; PoolLatency
    for each pool where it is asked for. Each custom one costs; the rest is in the log line.
    """
    logger.info(MESSAGE, reason=tick.reason, tick=tick.as_json())
    answer: dict[str, Any] = {
        "desired": tick.applied.desired,
        "decided": tick.decision.desired,
        "reason": tick.reason,
        "dry_run": tick.dry_run,
        "measured": False,
    }
    if isinstance(tick.measurement, NoMeasurement):
        answer["cause"] = tick.measurement.cause
    else:
        _publish(tick, tick.measurement)
        answer |= {
            "measured": True,
            "ready": tick.measurement.ready,
            "ready_is_at_least": tick.measurement.ready_is_at_least,
            "oldest_wait_seconds": tick.measurement.oldest_wait_seconds,
            "in_flight": tick.measurement.in_flight,
        }
    return answer


def _publish(tick: Tick, measurement: Measurement) -> None:
    """The queue's metrics once a tick; those of a service's pools where they are asked for."""
    stack = Identity.from_env().stack
    if tick.speaks_for_all:
        metrics.add_dimension(name="stack", value=stack)
        metrics.add_metric("QueueLatency", MetricUnit.Seconds, _latency(measurement))
        metrics.add_metric("FailedJobs", MetricUnit.Count, measurement.failed)
        metrics.flush_metrics()
    if tick.latency_metric:
        lists = [queues for queues, _ in tick.decision.memory.service.lists]
        for pool, seconds in pool_waits(measurement, lists).items():
            with single_metric("PoolLatency", MetricUnit.Seconds, seconds) as metric:
                metric.add_dimension(name="stack", value=stack)
                metric.add_dimension(name="service", value=tick.name)
                metric.add_dimension(name="pool", value=pool)
