"""Setups in which threads can't take every job, tasks don't come, and jobs change their nature."""

import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.scaling.workloads import Job, Pool, Setup, Workload, burst, poisson, short

README = Setup((Pool(("*",), 3), *(Pool(("real_time", "background"), 5),) * 3))
"""Solid Queue's own README: three threads for all queues beside fifteen for two."""
TWO_LISTS = Setup((Pool(("default",), 5), Pool(("mailers",), 1)))
ONE = Setup((Pool(("*",), 3),))


def of(queue: str, jobs: Iterator[Job]) -> Iterator[Job]:
    return (replace(job, queue=queue) for job in jobs)


def readme(rng: random.Random, end: float) -> Iterator[Job]:
    yield from of("default", poisson(rng, lambda _: 4.0, 4.0, end, short(1.5)))
    yield from of("background", poisson(rng, lambda _: 0.5, 0.5, end, short(1.5)))


def mailers(rng: random.Random, end: float) -> Iterator[Job]:
    yield from of("default", poisson(rng, lambda _: 1.0, 1.0, end, short(1.0)))
    yield from of("mailers", poisson(rng, lambda _: 2.0, 2.0, end, short(1.0)))


def steady(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 4.0, 4.0, end, short(1.5))


def few(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 4 / 60, 4 / 60, end, short(1.5))


def slower(rng: random.Random, end: float) -> Iterator[Job]:
    """A burst whose fast jobs come first."""
    yield from poisson(rng, lambda _: 0.5, 0.5, end, short(1.0))
    for start in (1800.0, 7200.0):
        yield from burst(rng, start, 600, short(0.5))
        yield from burst(rng, start + 5, 300, short(6.0))


SETUPS = (
    Workload("README pools", 4, readme, "4.5 jobs/s of 1.5 s, 4 of them in default", README),
    Workload("two lists", 4, mailers, "1 job/s for five threads, 2 jobs/s for one", TWO_LISTS),
    Workload(
        "tasks that fail",
        4,
        steady,
        "as steady; 30 % of tasks never come up",
        replace(ONE, never_start=0.3),
    ),
    Workload(
        "rolled back",
        4,
        few,
        "4 jobs/min; twenty times as many are rolled back",
        replace(ONE, rolled_back=20.0),
    ),
    Workload(
        "killed workers",
        4,
        steady,
        "as steady; a worker of each task is killed each four minutes",
        replace(ONE, kills_per_hour=15.0),
    ),
    Workload("slower jobs", 4, slower, "600 jobs of 0.5 s, then 300 of 6 s, twice", ONE),
)
