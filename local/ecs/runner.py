"""What a task really does, if anything."""

from local.ecs.model import Task


class TaskFailed(Exception):
    """Raised by a start hook: the task's container ended at once, with this text as its reason."""


class TaskRunner:
    """What a service's tasks are, besides the state; here they are nothing."""

    def started(self, task: Task) -> None:
        """Its container runs now. Raises TaskFailed where it would end at once."""

    def stopping(self, task: Task) -> None:
        """It gets SIGTERM; not to be waited in."""

    def stopped(self, task: Task) -> None:
        """It is gone: killed, where it still ran."""
