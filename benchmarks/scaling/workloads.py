"""What arrives: job streams drawn from a seed."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

HOUR = 3600.0


@dataclass(frozen=True)
class Job:
    """One job: when it becomes ready, and how long a thread works on it."""

    ready_at: float
    service_seconds: float
    scheduled: bool = False
    """Whether it was known beforehand, as a scheduled execution."""
    queue: str = "default"


@dataclass(frozen=True)
class Pool:
    """Threads of a task that work on these queues alone."""

    queues: tuple[str, ...]
    threads: int


@dataclass(frozen=True)
class Setup:
    """How tasks are made, and what goes wrong with them."""

    pools: tuple[Pool, ...]
    never_start: float = 0.0
    """The share of tasks that are asked for and never come up."""
    rolled_back: float = 0.0
    """Enqueues that are rolled back, for each that isn't."""
    kills_per_hour: float = 0.0
    """Of a task's workers; the supervisor starts another, the row of the killed one stays."""


@dataclass(frozen=True)
class Workload:
    """A named stream of jobs."""

    name: str
    hours: float
    draw: Callable[[random.Random, float], Iterator[Job]]
    about: str
    setup: Setup | None = None
    """None for three threads for all queues."""

    def jobs(self, seed: int) -> list[Job]:
        """The jobs in order of arrival."""
        return _drawn(self, seed)


@lru_cache(maxsize=2)
def _drawn(workload: Workload, seed: int) -> list[Job]:
    rng = random.Random(f"{workload.name} {seed}")
    seconds = workload.hours * HOUR
    jobs = (job for job in workload.draw(rng, seconds) if job.ready_at < seconds)
    return sorted(jobs, key=lambda job: job.ready_at)


type Service = Callable[[random.Random], float]


def short(mean_seconds: float) -> Service:
    """Mails, webhooks: log-normal, most within a factor of two of the median."""
    sigma = 0.7
    mu = math.log(mean_seconds) - sigma**2 / 2
    return lambda rng: rng.lognormvariate(mu, sigma)


def heavy_tailed(mean_seconds: float) -> Service:
    """Log-normal with one job in a hundred a hundred times the median."""
    sigma = 2.0
    mu = math.log(mean_seconds) - sigma**2 / 2
    return lambda rng: min(rng.lognormvariate(mu, sigma), HOUR)


def poisson(
    rng: random.Random, rate: Callable[[float], float], peak: float, end: float, service: Service
) -> Iterator[Job]:
    """Arrivals at a rate that changes with time (thinning of a stream at the peak rate)."""
    now = 0.0
    while (now := now + rng.expovariate(peak)) < end:
        if rng.random() * peak < rate(now):
            yield Job(now, service(rng))


def burst(
    rng: random.Random, at: float, count: int, service: Service, *, scheduled: bool = False
) -> Iterator[Job]:
    """Many jobs within five seconds, as one loop of `perform_later` makes them."""
    for _ in range(count):
        yield Job(at + rng.uniform(0, 5), service(rng), scheduled)


def steady(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 4.0, 4.0, end, short(1.5))


def bursts(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 0.5, 0.5, end, short(1.0))
    at = 0.0
    while (at := at + rng.expovariate(1 / 1500)) < end - 1200:
        yield from burst(rng, at, rng.randint(300, 1200), short(1.0))


def ramp(rng: random.Random, end: float) -> Iterator[Job]:
    def rate(now: float) -> float:
        return 0.2 + 9.8 * max(0.0, 1 - abs(now / end - 0.5) * 2.5)

    yield from poisson(rng, rate, 10.0, end, short(1.5))


def day(rng: random.Random, end: float) -> Iterator[Job]:
    def rate(now: float) -> float:
        return 0.05 + 0.95 * (1 - math.cos(2 * math.pi * now / (24 * HOUR))) ** 2 / 2

    yield from poisson(rng, rate, 2.0, end, short(6.0))


def cron(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 0.3, 0.3, end, short(1.0))
    for hour in range(1, int(end / HOUR) + 1):
        yield from burst(rng, hour * HOUR - 1800, 1500, short(1.2))


def silence(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 1 / 300, 1 / 300, end, short(2.0))


def tail(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 1.5, 1.5, end, heavy_tailed(4.0))


def long_jobs(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 0.5, 0.5, end, short(1.0))

    def ten_minutes(rng: random.Random) -> float:
        return rng.uniform(480, 720)

    yield from poisson(rng, lambda _: 12 / HOUR, 12 / HOUR, end - 1200, ten_minutes)
    at = 0.0
    while (at := at + rng.expovariate(1 / 2400)) < end - 1200:
        yield from burst(rng, at, rng.randint(100, 500), short(1.0))


def mailing(rng: random.Random, end: float) -> Iterator[Job]:
    yield from poisson(rng, lambda _: 0.5, 0.5, end, short(1.0))
    for part in (0.2, 0.5, 0.8):
        yield from burst(rng, part * end, 1000, short(1.0), scheduled=True)


WORKLOADS = (
    Workload("steady", 4, steady, "4 jobs/s of 1.5 s"),
    Workload("bursts", 6, bursts, "0.5 jobs/s of 1 s; 300–1,200 at once, every 25 min or so"),
    Workload("ramp", 4, ramp, "0.2 → 10 → 0.2 jobs/s of 1.5 s"),
    Workload("day", 24, day, "a day: nearly nothing at night, 2 jobs/s of 6 s at noon"),
    Workload("cron", 6, cron, "0.3 jobs/s of 1 s; 1,500 of 1.2 s each hour"),
    Workload("silence", 6, silence, "a job of 2 s every five minutes"),
    Workload("heavy tail", 4, tail, "1.5 jobs/s, 4 s on average, some of many minutes"),
    Workload("ten-minute jobs", 6, long_jobs, "as bursts, and 12 jobs an hour of ten minutes"),
    Workload("mailing", 4, mailing, "0.5 jobs/s of 1 s; three times 1,000 scheduled ones due"),
)
