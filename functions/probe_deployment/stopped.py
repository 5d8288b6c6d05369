"""Why tasks of a deployment stopped, in words."""

import re
from collections.abc import Iterable

from ops_common.tasks import Ending, Task

MAX_REASONS = 5
# What AWS could not give; another version of the app would not get it either. The scheduler's own
# words are in capitals: `resource:` is of a refused permission, and `agent` may name an image.
_OF_AWS = re.compile(
    r"RESOURCE:|\bENI\b|\bAGENT\b|(?i:capacity is unavailable|network interface|timeout|timed out"
    r"|i/o |deadline|throttl|rate exceeded|rate limit|too ?many ?requests|service ?unavailable"
    r"|internal ?(?:server )?error|connection issue|connection re(?:fused|set)|no such host)"
)


def reasons(stopped: Iterable[Task], deployment_id: str | None) -> list[str]:
    """Reasons of a deployment's stopped tasks, without repeats and what was planned."""
    found = dict.fromkeys(
        "; ".join(part for part in (task.stopped_reason, *exits(task)) if part)
        for task in stopped
        if task.started_by == deployment_id and task.ending is not Ending.PLANNED
    )
    return [each for each in found if each][:MAX_REASONS]


def older_version_fixes(stopped: Iterable[Task], deployment_id: str | None) -> bool:
    """Whether a task of the deployment failed by itself, and not for something that AWS lacked."""
    return any(
        task.ending is Ending.FAILED
        and not (task.stop_code == "TaskFailedToStart" and _OF_AWS.search(task.stopped_reason))
        for task in stopped
        if task.started_by == deployment_id
    )


def exits(task: Task) -> tuple[str, ...]:
    """How its containers ended, but for those that ended well."""
    return tuple(
        f"{each.name} exited with {'no code' if each.exit_code is None else each.exit_code}"
        + (f" ({each.reason})" if each.reason else "")
        for each in task.containers
        if each.exit_code or each.reason
    )
