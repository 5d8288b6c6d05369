"""New tasks for the services that read the password at boot, once per rotation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ops_common.ecs import Service


class Services(Protocol):
    """The port to ECS; ops_common.ecs.EcsServices is the real one."""

    def describe(self, names: tuple[str, ...]) -> list[Service]:
        """The services in the order of `names`. Raises ServiceNotFound."""

    def redeploy(self, name: str) -> None:
        """Force a new deployment."""


def outdated(services: Sequence[Service], since: datetime | None) -> tuple[str, ...]:
    """The services whose tasks may have read the secret before `since` (None: all of them).

    A deployment begun later has booted its tasks with the new password, whoever began it. So
    there is nothing to remember, and a repeated step redeploys only what it has not yet.
    """
    return tuple(
        service.name for service in services if since is None or service.primary.created_at <= since
    )


def redeploy(services: Services, names: tuple[str, ...], since: datetime | None) -> tuple[str, ...]:
    """Redeploy what is outdated and return its names. Raises what ECS raises."""
    if not names:
        return ()
    chosen = outdated(services.describe(names), since)
    for name in chosen:
        services.redeploy(name)
    return chosen
