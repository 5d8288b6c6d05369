"""How a service's tasks follow its desired count and its deployments.

After the ECS Developer Guide: "Amazon ECS services" (rolling update, minimum and maximum healthy
percent), "How the deployment circuit breaker works", "Task scale-in protection". Which of several
unprotected tasks ECS stops is not promised, so the choice is random: nobody may rely on it.
"""

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from local.ecs import events
from local.ecs.model import Deployment, Service, Task, TaskDefinition
from local.ecs.zones import must_rebalance

CIRCUIT_BREAKER_THRESHOLDS = (3, 200)  # the least and the most failed tasks, else half the count


@dataclass
class Plan:
    """What one run for a service asks for."""

    start: int = 0
    stop: list[Task] = field(default_factory=list)
    finish: str | None = None
    """The name of the event that ends the rollout."""
    rebalance: bool = False
    """Whether one more task starts, to even out the zones."""


def plan(service: Service, now: datetime, random: Random) -> Plan:
    """What to start, what to stop, and whether the rollout ends here."""
    primary = service.primary
    new = service.live(primary)
    old = [task for task in service.live() if task.deployment_id != primary.id]
    if primary.rollout_state == "IN_PROGRESS":
        low, high = CIRCUIT_BREAKER_THRESHOLDS
        threshold = min(max(low, math.ceil(service.desired / 2)), high)
        if service.circuit_breaker and primary.failed_tasks >= threshold:
            return Plan(stop=[task for task in new if not task.running], finish=events.FAILED)
    if primary.rollout_state == "FAILED":
        # Nothing more is launched or replaced until somebody deploys again.
        return Plan()
    result = Plan()
    if service.start_not_before is None or now >= service.start_not_before:
        ceiling = max(service.desired * service.maximum_percent // 100, 1)
        result.start = max(min(service.desired - len(new), ceiling - len(new) - len(old)), 0)
    evening = [task for task in new if task.evens_zones and not task.running]
    surplus = len(new) - len(evening) - service.desired
    result.stop = _choose([task for task in new if task not in evening], surplus, now, random)
    floor = math.ceil(service.desired * service.minimum_healthy_percent / 100)
    spare = sum(task.running for task in new + old) - floor
    waiting = [task for task in old if not task.running]
    result.stop += _choose(waiting, len(waiting), now, random)
    result.stop += _choose([task for task in old if task.running], spare, now, random)
    replaced = all(
        task.last_status == "STOPPED" or task.deployment_id == primary.id for task in service.tasks
    )
    ready = sum(task.running for task in new) == service.desired == len(new)
    if primary.rollout_state == "IN_PROGRESS" and replaced and ready:
        result.finish = events.COMPLETED
    result.rebalance = must_rebalance(service)
    return result


def last_completed(service: Service) -> Deployment | None:
    """The deployment to go back to."""
    done = (item for item in service.deployments[1:] if item.rollout_state == "COMPLETED")
    return next(done, None)


def deploy(service: Service, definition: TaskDefinition, now: datetime, reason: str = "") -> None:
    """Put a new deployment on top of the service's list."""
    deployment = Deployment(definition, now, now)
    deployment.rollout_reason = reason or f"ECS deployment {deployment.id} in progress."
    service.deployments.insert(0, deployment)
    service.start_not_before = None


def _choose(tasks: list[Task], count: int, now: datetime, random: Random) -> list[Task]:
    """Up to `count` unprotected tasks: those not yet running, then from the fullest zone."""
    candidates = [task for task in tasks if not task.protected(now)]
    random.shuffle(candidates)
    chosen: list[Task] = []
    while candidates and len(chosen) < count:
        per_zone = Counter(task.availability_zone for task in candidates)
        candidates.sort(key=lambda task: (task.running, -per_zone[task.availability_zone]))
        chosen.append(candidates.pop(0))
    return chosen
