"""Streams that the policy was not made for: what it does where its assumptions don't hold."""

import random
from collections.abc import Iterator

from benchmarks.scaling.workloads import HOUR, Job, Workload, burst, poisson, short


def quarters(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 1.0, 1.0, end, short(0.5))
    for at in range(400, int(end) - 600, 900):
        yield from burst(rng, at, 600, short(0.8))


def step(rng: random.Random, end: float) -> Iterator[Job]:
    def rate(now: float) -> float:
        return 12.0 if end / 3 < now < 2 * end / 3 else 1.0

    yield from poisson(rng, rate, 12.0, end, short(1.0))


def moods(rng: random.Random, end: float) -> Iterator[Job]:
    at = 0.0
    while at < end:
        until = at + rng.expovariate(1 / 600)
        rate = rng.choice([0.2, 1.0, 3.0, 8.0])
        while (at := at + rng.expovariate(rate)) < until:
            yield Job(at, short(1.0)(rng))
        at = until


def only_long(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 0.01, 0.01, end, lambda rng: rng.uniform(300, 900))


def pareto(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(
        rng, lambda _: 2.0, 2.0, end, lambda rng: min(0.3 * rng.paretovariate(1.2), HOUR / 2)
    )


def long_bursts(rng: random.Random, end: float) -> Iterator[Job]:
    at = 1000.0
    while at < end - HOUR:
        yield from burst(rng, at, 25, lambda rng: rng.uniform(300, 700))
        at += rng.uniform(3000, 8000)


def flood(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 1.0, 1.0, end, short(1.0))
    yield from burst(rng, 600, 20_000, short(1.0))


def edge(rng: random.Random, end: float) -> Iterator[Job]:
    def rate(now: float) -> float:
        return 20.0 if int(now / 1800) % 2 else 2.0

    yield from poisson(rng, rate, 20.0, end, short(0.15))


HARD_WORKLOADS = (
    Workload("quarters", 4, quarters, "1 job/s of 0.5 s; 600 of 0.8 s each quarter of an hour"),
    Workload("step", 3, step, "1 → 12 → 1 jobs/s of 1 s, at once"),
    Workload("moods", 4, moods, "0.2, 1, 3 or 8 jobs/s of 1 s, another each ten minutes or so"),
    Workload("only long", 6, only_long, "36 jobs an hour of five to fifteen minutes"),
    Workload("Pareto", 4, pareto, "2 jobs/s, Pareto-distributed up to half an hour"),
    Workload("long bursts", 6, long_bursts, "25 jobs of five to twelve minutes at once, rarely"),
    Workload("flood", 3, flood, "1 job/s of 1 s; 20,000 at once"),
    Workload("edge", 3, edge, "half an hour at exactly one task's capacity, half an hour calm"),
)
