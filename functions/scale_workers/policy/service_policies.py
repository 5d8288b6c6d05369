"""The parameter ScalingPolicies: what a worker service has of its own. Pure.

`critical: max=4 target=10 mon-fri@08:00-18:00.min=2; bulk: min=0 max=20 backfill.target=7200`
"""

from collections.abc import Collection
from copy import replace
from typing import Any, NamedTuple

from scale_workers.policy.clock import ClockBound, parse_span
from scale_workers.policy.model import Policy

INTEGERS = {"min": "min_tasks", "max": "max_tasks", "threads": "threads_per_task"}
KNOWN = (
    "min=N, max=N, target=SECONDS, threads=N, queues=A,B, QUEUE.target=SECONDS (0: its jobs bring"
    " no task), DAYS@HH:MM-HH:MM.min=N and .max=N (in TimeZone), and latency=metric"
)


class BadPolicy(Exception):
    """A part of the parameter can't be read; the message says which, and what may be."""

    def __init__(self, part: str, words: str) -> None:
        super().__init__(words)
        self.part = part
        """A service's name, or one of its settings."""


class ServicePolicy(NamedTuple):
    """What one service is scaled by."""

    policy: Policy
    by_clock: tuple[ClockBound, ...] = ()
    latency_metric: bool = False
    """Whether each of its pools has a metric of its waits; each costs."""


def service_policies(
    text: str, default: Policy, services: Collection[str]
) -> dict[str, ServicePolicy]:
    """The policies by service. Raises BadPolicy."""
    found: dict[str, ServicePolicy] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, colon, settings = part.partition(":")
        name = name.strip()
        if not colon or name not in services:
            others = f"is none of the worker services {', '.join(services)}"
            raise BadPolicy(name, f"{name!r} {others}")
        found[name] = _policy(name, settings.split(), default)
    return found


def _policy(name: str, settings: list[str], default: Policy) -> ServicePolicy:
    found = ServicePolicy(default)
    for setting in settings:
        key, equals, value = setting.partition("=")
        try:
            if not equals:
                raise ValueError
            found = _with(found, key, value)
        except ValueError:
            raise BadPolicy(setting, f"{name}: {setting!r} is none of {KNOWN}") from None
    policy = found.policy
    if policy.max_tasks < max(1, policy.min_tasks):
        most = f"max={policy.max_tasks}"
        raise BadPolicy(most, f"{name}: {most} is below min={policy.min_tasks}")
    return found


def _with(found: ServicePolicy, key: str, value: str) -> ServicePolicy:
    """With one more setting. Raises ValueError."""
    changes: dict[str, Any] = {}
    what, _, kind = key.rpartition(".")
    if key in INTEGERS:
        changes[INTEGERS[key]] = _at_least(int(value), 1 if key == "threads" else 0)
    elif key == "target":
        changes["target_latency_seconds"] = _at_least(float(value), 1)
    elif key == "queues":
        changes["queues"] = tuple(filter(None, value.split(",")))
    elif what and kind == "target":
        targets = {**found.policy.queue_targets, what: _at_least(float(value), 0)}
        changes["queue_targets"] = targets
    elif kind in ("min", "max"):
        tasks, bound = _at_least(int(value), 0), parse_span(what)
        bound = bound._replace(minimum=tasks) if kind == "min" else bound._replace(maximum=tasks)
        return found._replace(by_clock=(*found.by_clock, bound))
    elif (key, value) == ("latency", "metric"):
        return found._replace(latency_metric=True)
    else:
        raise ValueError
    return found._replace(policy=replace(found.policy, **changes))


def _at_least[T: (int, float)](value: T, least: int) -> T:
    if not least <= value < 10**9:
        raise ValueError
    return value
