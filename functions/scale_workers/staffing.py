"""How many threads a steady stream of jobs takes (Erlang's delay formula)."""

import math

STARTED_IN_TIME = 0.95
"""The share of jobs that the steady part is staffed for."""


def threads_for(
    arrivals_per_second: float,
    service_seconds: float,
    target_latency_seconds: float,
    at_most: int,
) -> int:
    """The fewest threads with which 95 % of jobs start within the target.

    The load in threads is arrivals × service time (Little's law). For short jobs a few threads
    above it are enough, since a queue of a minute's work is cheap to have; for jobs longer than
    the target more are needed, since a job that finds all threads taken waits for long.
    Formula: M/M/c, P(wait > t) = C(c, load) · exp(-(c - load) · t / service time); see Gross et
    al., Fundamentals of Queueing Theory, section 3.3.
    """
    load = arrivals_per_second * service_seconds
    if load <= 0:
        return 0
    if load >= at_most:
        return at_most
    threads = math.floor(load) + 1
    while (
        threads < at_most
        and _late(threads, load, service_seconds, target_latency_seconds) > 1 - STARTED_IN_TIME
    ):
        threads += 1
    return threads


def _late(threads: int, load: float, service_seconds: float, target_seconds: float) -> float:
    patience = math.exp(-(threads - load) * target_seconds / service_seconds)
    return _delayed(threads, load) * patience


def _delayed(threads: int, load: float) -> float:
    """Erlang C: the share of jobs that find all threads taken, for threads > load.

    By the recursion of Erlang B, which neither overflows nor loses precision.
    """
    blocked = 1.0
    for count in range(1, threads + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - load / threads * (1 - blocked))
