"""The checks there are. A new one: write `check(context) -> Finding` in its module, add a line."""

from collections.abc import Callable

from probe_deployment.checks import (
    certificate,
    connections,
    database_login,
    health_check,
    image,
    log_errors,
    migrations,
    rollout,
    solid_queue,
    stopped_tasks,
    target_health,
)
from probe_deployment.context import Context
from probe_deployment.finding import Finding

CHECKS: dict[str, Callable[[Context], Finding]] = {
    "certificate": certificate.check,
    "connections": connections.check,
    "database_login": database_login.check,
    "health_check": health_check.check,
    "image": image.check,
    "log_errors": log_errors.check,
    "migrations": migrations.check,
    "rollout": rollout.check,
    "solid_queue": solid_queue.check,
    "stopped_tasks": stopped_tasks.check,
    "target_health": target_health.check,
}
