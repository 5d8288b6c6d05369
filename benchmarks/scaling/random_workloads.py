"""Streams drawn by lot, for a judgement on what nobody chose: `ARGS="--random 24"`.

Workload number n is of the family n modulo six; rates, service times and sizes are even on a
logarithmic scale, from what one task does with ease to what takes seven.
"""

import math
import random
from collections.abc import Callable, Iterator

from benchmarks.scaling.workloads import (
    HOUR,
    Job,
    Service,
    Workload,
    burst,
    heavy_tailed,
    poisson,
    short,
)

MOST_JOBS_PER_SECOND = 25.0

type Draw = Callable[[random.Random, float], Iterator[Job]]


def random_workload(number: int) -> Workload:
    """The workload of this number; always the same."""
    rng = random.Random(f"workload {number}")
    family = FAMILIES[number % len(FAMILIES)]
    service_seconds = _even_in_log(rng, 0.1, 12)
    # Where jobs are very short, a heavy tail would be longer than any job is.
    make_service = rng.choice([short, heavy_tailed]) if service_seconds > 1 else short
    load_threads = _even_in_log(rng, 0.5, 20)
    peak = min(MOST_JOBS_PER_SECOND, load_threads / service_seconds)
    draw, about = family(rng, peak, service_seconds, make_service(service_seconds))
    return Workload(f"random {number}", 4, draw, f"{family.__name__.lstrip('_')}: {about}")


def _even_in_log(rng: random.Random, least: float, most: float) -> float:
    return math.exp(rng.uniform(math.log(least), math.log(most)))


def _steady(_rng: random.Random, peak: float, seconds: float, service: Service) -> tuple[Draw, str]:
    def draw(rng: random.Random, end: float) -> Iterator[Job]:
        yield from poisson(rng, lambda _: peak, peak, end, service)

    return draw, f"{peak:.2g} jobs/s of {seconds:.2g} s"


def _waves(rng: random.Random, peak: float, seconds: float, service: Service) -> tuple[Draw, str]:
    period, low = _even_in_log(rng, 1800, 4 * HOUR), rng.uniform(0, 0.6)

    def rate(now: float) -> float:
        return peak * (low + (1 - low) * (1 - math.cos(2 * math.pi * now / period)) / 2)

    def draw(rng: random.Random, end: float) -> Iterator[Job]:
        yield from poisson(rng, rate, peak, end, service)

    return draw, f"up to {peak:.2g} jobs/s of {seconds:.2g} s each {period / 60:.0f} min"


def _on_and_off(
    rng: random.Random, peak: float, seconds: float, service: Service
) -> tuple[Draw, str]:
    period, low = _even_in_log(rng, 600, HOUR), rng.uniform(0, 0.3)

    def rate(now: float) -> float:
        return peak if int(now / period) % 2 else peak * low

    def draw(rng: random.Random, end: float) -> Iterator[Job]:
        yield from poisson(rng, rate, peak, end, service)

    return draw, f"{peak:.2g} jobs/s of {seconds:.2g} s, or {low:.0%}; {period / 60:.0f} min each"


def _jumps(rng: random.Random, peak: float, seconds: float, service: Service) -> tuple[Draw, str]:
    rates = [peak, *(peak * rng.uniform(0.001, 1) for _ in range(4))]
    mean_seconds = _even_in_log(rng, 300, 2400)

    def draw(rng: random.Random, end: float) -> Iterator[Job]:
        at = 0.0
        while at < end:
            until, rate = at + rng.expovariate(1 / mean_seconds), rng.choice(rates)
            while (at := at + rng.expovariate(rate)) < until:
                yield Job(at, service(rng))
            at = until

    return draw, f"up to {peak:.2g} jobs/s of {seconds:.2g} s, other {mean_seconds / 60:.0f} min"


def _bursts(rng: random.Random, peak: float, seconds: float, _: Service) -> tuple[Draw, str]:
    most, mean_seconds = int(_even_in_log(rng, 30, 3000)), _even_in_log(rng, 300, HOUR)
    seconds = min(seconds, 3.0)
    service, rate = short(seconds), min(2.0, peak / 5)

    def draw(rng: random.Random, end: float) -> Iterator[Job]:
        yield from poisson(rng, lambda _: rate, rate, end, service)
        at = 0.0
        while (at := at + rng.expovariate(1 / mean_seconds)) < end - 1200:
            yield from burst(rng, at, int(most * rng.uniform(0.3, 1)), service)

    return draw, f"up to {most} of {seconds:.2g} s at once, every {mean_seconds / 60:.0f} min or so"


def _cron(rng: random.Random, peak: float, seconds: float, _: Service) -> tuple[Draw, str]:
    count, period = int(_even_in_log(rng, 100, 3000)), rng.choice([900, 1800, 3600])
    seconds, first = min(seconds, 2.0), rng.uniform(0, period)
    service, rate = short(seconds), min(2.0, peak / 5)

    def draw(rng: random.Random, end: float) -> Iterator[Job]:
        yield from poisson(rng, lambda _: rate, rate, end, service)
        at = first
        while at < end - 1200:
            yield from burst(rng, at, count, service)
            at += period

    return draw, f"{count} of {seconds:.2g} s at once, each {period // 60} min"


FAMILIES = (_steady, _waves, _on_and_off, _jumps, _bursts, _cron)
