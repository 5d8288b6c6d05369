"""How long a job takes, by Little's law on what ran and what ended. Pure."""

import math

from ops_common.answers.queue import Measurement
from scale_workers.policy.history import Memory

SERVICE_TIME_MEMORY_SECONDS = 600
ENOUGH_FINISHED = 10
SURPRISE = 1.5
"""A busy interval in which jobs took so many times as long as remembered outweighs the memory."""
SURPRISED_KEEP = 0.2
MAX_GAP_SECONDS = 600
"""Counters of a measurement older than this say nothing about now."""


def seconds_since(measurement: Measurement, memory: Memory) -> float | None:
    """How long ago the remembered measurement was taken; None where it says nothing of now."""
    if memory.measured_at is None:
        return None
    seconds = (measurement.taken_at - memory.measured_at).total_seconds()
    return seconds if 1 <= seconds <= MAX_GAP_SECONDS else None


def finished_since(measurement: Measurement, memory: Memory, seconds: float | None) -> int | None:
    """Jobs that ended since the last measurement; None where nothing shows it."""
    if seconds is not None and None not in (measurement.started_total, memory.started_total):
        started = (measurement.started_total or 0) - (memory.started_total or 0)
        return max(0, started - (measurement.in_flight - memory.in_flight))
    if not measurement.completed:
        return None
    window = min(measurement.completed, key=lambda one: abs(one.window_seconds - (seconds or 60)))
    return round(window.jobs * (seconds or window.window_seconds) / window.window_seconds)


def service_time(
    measurement: Measurement, memory: Memory, seconds: float | None, finished: int | None
) -> tuple[float, float, float]:
    """Little's law: mean service time = busy thread-seconds ÷ finished jobs, all fading."""
    busy, held, done = memory.busy_seconds, memory.long_seconds, memory.finished_jobs
    if finished is None:
        return busy, held, done
    if seconds is None:
        # A first measurement: what runs now is taken to have run through the counted window.
        seconds = min(one.window_seconds for one in measurement.completed or ())
        in_flight, long_running = float(measurement.in_flight), float(measurement.long_running)
    else:
        in_flight = (memory.in_flight + measurement.in_flight) / 2
        long_running = (memory.long_running + measurement.long_running) / 2
    if not in_flight:
        return busy, held, done
    keep = math.exp(-seconds / SERVICE_TIME_MEMORY_SECONDS)
    if done:
        keep = max(keep, min(1.0, ENOUGH_FINISHED / done))
        shown = seconds * in_flight / max(finished, 1)
        enough = finished >= ENOUGH_FINISHED and all_busy(measurement, memory)
        if enough and shown > SURPRISE * busy / done:
            # Jobs have become slower: the interval is evidence, the memory is of others.
            keep = min(keep, SURPRISED_KEEP)
    return (
        busy * keep + seconds * in_flight,
        held * keep + seconds * long_running,
        done * keep + finished,
    )


def longest_service(
    measurement: Measurement, memory: Memory, seconds: float | None, finished: int | None
) -> float:
    """What a job can have taken since the last measurement: no thread was busy for longer.

    The mean of the last minutes comes from a sample of each minute, and may be far off where few
    jobs run; after a sudden rush it would call for too many tasks. Each thread has begun at most
    one of the finished jobs before. Nothing is said where jobs run long: they hold threads unseen.
    """
    threads = max(all_threads(measurement), memory.threads)
    if seconds is None or finished is None or measurement.long_running or memory.long_running:
        return math.inf
    return threads * seconds / (finished - threads) if finished > threads > 0 else math.inf


def all_busy(measurement: Measurement, memory: Memory) -> bool:
    """Whether every thread held a job both times, so that what ended shows the service time."""
    threads = sum(max(0, worker.threads) for worker in measurement.workers)
    return 0 < threads <= measurement.in_flight and 0 < memory.threads <= memory.in_flight


def all_threads(measurement: Measurement) -> int:
    """A worker without a heartbeat may still run jobs, and end them."""
    workers = (*measurement.workers, *measurement.dead_workers)
    return sum(max(0, worker.threads) for worker in workers)
