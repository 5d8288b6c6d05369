"""Why tasks of a deployment stopped, in words."""

from collections.abc import Iterable

from ops_common.tasks import Ending, Task

MAX_REASONS = 5


def reasons(stopped: Iterable[Task], deployment_id: str | None) -> list[str]:
    """Reasons of a deployment's stopped tasks, without repeats and what was planned."""
    found = dict.fromkeys(
        "; ".join(part for part in (task.stopped_reason, *exits(task)) if part)
        for task in stopped
        if task.started_by == deployment_id and task.ending is not Ending.PLANNED
    )
    return [each for each in found if each][:MAX_REASONS]


def exits(task: Task) -> tuple[str, ...]:
    """How its containers ended, but for those that ended well."""
    return tuple(
        f"{each.name} exited with {'no code' if each.exit_code is None else each.exit_code}"
        + (f" ({each.reason})" if each.reason else "")
        for each in task.containers
        if each.exit_code or each.reason
    )
