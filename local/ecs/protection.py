"""Scale-in protection of tasks, with ECS's own refusals."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from local.ecs.engine import Engine
from local.ecs.model import Task


def protect(
    engine: Engine, tasks: Sequence[Task], minutes: int | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Protect tasks for so long, or no more; those changed and the failures, as ECS has them."""
    now = engine.clock()
    until = None if minutes is None else now + timedelta(minutes=minutes)
    changed, refused = [], []
    for task in tasks:
        if not task.wanted:
            refused.append({"arn": task.arn, "reason": "TASK_NOT_VALID"})
        elif until and _blocks_deployment(engine, task, now):
            refused.append({"arn": task.arn, "reason": "DEPLOYMENT_BLOCKED"})
        else:
            task.protected_until = until
            changed.append(describe_protection(task, now))
    return changed, refused


def describe_protection(task: Task, now: datetime) -> dict[str, Any]:
    """A task's protection, as ECS describes it."""
    answer: dict[str, Any] = {"taskArn": task.arn, "protectionEnabled": task.protected(now)}
    if task.protected_until and task.protected(now):
        answer["expirationDate"] = task.protected_until.timestamp()
    return answer


def _blocks_deployment(engine: Engine, task: Task, now: datetime) -> bool:
    """Whether only protected tasks keep the service's rollout from its end."""
    service = engine.services[task.service]
    ready = sum(item.running for item in service.live(service.primary)) >= service.desired
    old = [item for item in service.live() if item.deployment_id != service.primary.id]
    return task in old and ready and all(item.protected(now) for item in old)
