"""The parameter ScalingPolicies: what a worker service has of its own. Pure.

`critical: max=4 target=10; bulk: min=0 max=20 target=600 queues=bulk,imports backfill.target=7200`
"""

from collections.abc import Collection
from copy import replace
from typing import Any

from scale_workers.policy.model import Policy

INTEGERS = {"min": "min_tasks", "max": "max_tasks", "threads": "threads_per_task"}
QUEUE_TARGET = ".target"


def service_policies(text: str, default: Policy, services: Collection[str]) -> dict[str, Policy]:
    """The policies by service. Raises ValueError that says which part is wrong, and what may be."""
    found: dict[str, Policy] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, colon, settings = part.partition(":")
        name = name.strip()
        if not colon or name not in services:
            raise ValueError(f"{name!r} is none of the worker services {', '.join(services)}")
        found[name] = _policy(name, settings.split(), default)
    return found


def _policy(name: str, settings: list[str], default: Policy) -> Policy:
    changes: dict[str, Any] = {}
    queue_targets: dict[str, float] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        try:
            if not equals:
                raise ValueError
            if key in INTEGERS:
                changes[INTEGERS[key]] = _at_least(int(value), 1 if key == "threads" else 0)
            elif key == "target":
                changes["target_latency_seconds"] = _at_least(float(value), 1)
            elif key == "queues":
                changes["queues"] = tuple(filter(None, value.split(",")))
            elif key.endswith(QUEUE_TARGET):
                queue_targets[key.removesuffix(QUEUE_TARGET)] = _at_least(float(value), 0)
            else:
                raise ValueError
        except ValueError:
            raise ValueError(
                f"{name}: {setting!r} is none of min=N, max=N, target=SECONDS, threads=N,"
                " queues=A,B and QUEUE.target=SECONDS (0: its jobs bring no task)"
            ) from None
    policy = replace(default, **changes, queue_targets=queue_targets)
    if policy.max_tasks < max(1, policy.min_tasks):
        raise ValueError(f"{name}: max={policy.max_tasks} is below min={policy.min_tasks}")
    return policy


def _at_least[T: (int, float)](value: T, least: int) -> T:
    if not least <= value < 10**9:
        raise ValueError
    return value
