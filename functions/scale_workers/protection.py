"""ECS task scale-in protection, from outside the task."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from scale_workers.tasks import Task

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

AT_ONCE = 10
"""UpdateTaskProtection takes at most ten tasks a call (Amazon ECS API Reference)."""


class Protection(Protocol):
    """The port for protecting tasks against a scale-in."""

    def protect(self, tasks: Sequence[Task], minutes: int) -> list[str]:
        """Protect each for so long. Returns why it failed for those for which it did."""

    def release(self, tasks: Sequence[Task]) -> None:
        """Take the protection away."""


class EcsProtection:
    """UpdateTaskProtection, in batches."""

    def __init__(self, client: "ECSClient", cluster: str) -> None:
        self._client = client
        self._cluster = cluster

    def protect(self, tasks: Sequence[Task], minutes: int) -> list[str]:
        """See Protection."""
        failures: list[str] = []
        for start in range(0, len(tasks), AT_ONCE):
            batch = [task.arn for task in tasks[start : start + AT_ONCE]]
            response = self._client.update_task_protection(
                cluster=self._cluster,
                tasks=batch,
                protectionEnabled=True,
                expiresInMinutes=minutes,
            )
            failures += [
                f"{failure.get('arn', '?')}: {failure.get('reason', 'no reason given')}"
                for failure in response.get("failures", [])
            ]
        return failures

    def release(self, tasks: Sequence[Task]) -> None:
        """See Protection. A failure is harmless: what stays protected is not stopped."""
        for start in range(0, len(tasks), AT_ONCE):
            batch = [task.arn for task in tasks[start : start + AT_ONCE]]
            self._client.update_task_protection(
                cluster=self._cluster, tasks=batch, protectionEnabled=False
            )
