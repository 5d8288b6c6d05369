"""Tasks of the deployment that have stopped by themselves since it began."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from ops_common.tasks import Ending, Task
from probe_deployment import stopped
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding

EXPECTED = "no task killed for its memory, at most one that failed by itself"
ALLOWED = 1
"""A task may be lost once."""
RECENT = timedelta(minutes=30)
"""ECS forgets stopped tasks after about an hour; the canary asks four times in that time."""
KILLED = (137, 139)
"""By SIGKILL or SIGSEGV, of a task that nobody stopped: mostly its memory, unsaid by Fargate."""


def check(context: Context) -> Finding:
    """No task of the deployment was killed, and at most one has failed."""
    tasks = {name: context.new_tasks(name) for name in context.probed}
    since = context.now - RECENT if context.request.suite == "canary" else None
    ended_at = context.request.ended_at
    findings = [judge(name, found, since, ended_at) for name, found in tasks.items()]
    return Finding.worst(findings)


def judge(
    service: str,
    tasks: Sequence[Task],
    since: datetime | None = None,
    ended_at: datetime | None = None,
) -> Finding:
    """What a deployment's tasks amount to, those that stopped `since` then.

    Tasks that start to migrate at once end until one is through. Once the deployment has ended
    well (`ended_at`) those before it are history: a loop goes on, and a later check counts it.
    """
    failed = [
        task
        for task in tasks
        if task.ending is Ending.FAILED and not (since and _before(task, since))
    ]
    killed = [task for task in failed if _killed(task)]
    still = [task for task in failed if ended_at is None or not _before(task, ended_at)]
    if not killed and len(still) <= ALLOWED:
        note = f", {len(failed)} failed and replaced" if failed else ""
        return Finding.passed(f"{service}: no restarts{note}", EXPECTED)
    why = Counter(
        "; ".join(part for part in (task.stopped_reason, *stopped.exits(task)) if part)
        for task in failed
    )
    listed = "; ".join(f"{count} × {reason}" for reason, count in why.most_common(3))
    return Finding.failed(
        f"{service}: {len(failed)} tasks stopped by themselves: {listed}",
        EXPECTED,
        "give the task more memory (or find what takes it)"
        if killed
        else "read the last lines of the stopped tasks' logs",
        cause=Cause.KILLED if killed else Cause.EXITED,
        subjects=(service,),
        older_version_fixes=any(
            stopped.older_version_fixes([task], task.started_by) for task in failed
        ),
    )


def _before(task: Task, moment: datetime) -> bool:
    return task.stopped_at is not None and task.stopped_at < moment


def _killed(task: Task) -> bool:
    return task.out_of_memory or (
        task.stop_code == "EssentialContainerExited"
        and any(each.exit_code in KILLED for each in task.containers)
    )
