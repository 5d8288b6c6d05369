"""What is read of a service's log: of the new tasks, of the old ones, and of an old one's start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from probe_deployment import soak
from probe_deployment.context import Context
from probe_deployment.logs import Change, Compared, compare, count
from probe_deployment.logs.compare import SIGNIFICANCE, chance, no_worse_than
from probe_deployment.logs.read import Budget, Read, read

BEFORE = timedelta(minutes=60)
MILLISECOND = timedelta(milliseconds=1)
AFTER = timedelta(minutes=30)
"""At most the last of it, of a deployment that is older."""
OVERLAP = timedelta(minutes=1)
"""A check begins a while after its time, and lines arrive late."""
TOGETHER = timedelta(minutes=3)
"""Tasks that one deployment starts are started within it."""
SHARES = (6 / 9, 2 / 9, 1 / 9)
"""What may be read of the new tasks, of the old ones, and of an old one's start."""


@dataclass(frozen=True, slots=True)
class LogGroup:
    """What was read of a service's log."""

    name: str
    compared: Sequence[Compared]
    lines: int
    unread_from: datetime | None
    unread_until: datetime
    seen_before: bool = True
    """Whether what was not read had been there to be read by the check before this one."""
    exposure: float | None = None
    """Of the old tasks' log, where it was not read to its end; None where it was."""

    def sure(self, each: Compared) -> bool:
        """Whether an error is worse also against what was not read of the old tasks' log."""
        if self.exposure is None or each.change is not Change.NEW:
            return True
        return chance(0, each.after, self.exposure) < SIGNIFICANCE


def log_groups(context: Context) -> list[LogGroup]:
    """The probed services' logs, read under one budget."""
    budgets = Budget.shared(*SHARES)
    return [_read(context, name, budgets) for name in context.probed]


def _read(context: Context, name: str, budgets: Sequence[Budget]) -> LogGroup:
    client, group = context.client("logs"), log_group(context, name)
    budget, budget_of_old, budget_of_start = budgets
    since = max(context.began(name), context.now - AFTER)
    after, seen_before = _read_new(context, group, since, budget)
    new_ids = {task.id for task in context.new_tasks(name)}
    new, old = after.of(new_ids), after.of(new_ids, others=True)
    if not new:  # another log driver may name its streams otherwise
        new, old = old, []
    found, compared = count(new), list[Compared]()
    cut: float | None = None
    if found:
        before = read(client, group, since - BEFORE, since, budget_of_old)
        old += before.of(new_ids, others=True)
        seen = (before.unread_from or since) - (since - BEFORE)
        exposure = _exposure(seen, len(old), context.now - since, len(new))
        compared = compare(count(old), found, exposure)
        cut = exposure if before.unread_from else None
        started = _started_last(context, name, new_ids)
        if started and any(each.worse for each in compared):
            at = min(started.values())
            until = min(at + (context.now - since), context.now)
            start = read(client, group, at, until, budget_of_start).of(started)
            exposure = _exposure(until - at, len(started), context.now - since, len(new))
            compared = no_worse_than(compare(count(start), found, exposure), compared)
    unread = (after.unread_from, after.unread_until)
    return LogGroup(group, compared, after.lines, *unread, seen_before, cut)


def _read_new(context: Context, group: str, since: datetime, budget: Budget) -> tuple[Read, bool]:
    """The new tasks' time, and whether what is left out of it was there for the check before.

    What has come since that check is read first.
    """
    client = context.client("logs")
    ago = soak.since_previous(context.request, context.settings.soak_minutes)
    recent = max(since, context.now - ago - OVERLAP) if ago else since
    newest = read(client, group, recent, context.now, budget)
    if recent == since or newest.unread_from:
        return newest, newest.unread_from is None
    return read(client, group, since, recent - MILLISECOND, budget).then(newest), True


def _started_last(context: Context, name: str, new_ids: set[str]) -> dict[str, datetime]:
    """The old tasks that were started last, at about the same time, and when."""
    everyone = [*context.tasks(name, "RUNNING"), *context.tasks(name, "STOPPED")]
    started = {
        task.id: task.created_at for task in everyone if task.id not in new_ids and task.created_at
    }
    last = max(started.values(), default=context.now)
    return {task_id: at for task_id, at in started.items() if last - at <= TOGETHER}


def _exposure(before: timedelta, old: int, after: timedelta, new: int) -> float:
    """Task-seconds before, per one after."""
    seconds = max(after.total_seconds(), 1.0) * max(new, 1)
    return max(before.total_seconds() * max(old, 1) / seconds, 0.01)


def log_group(context: Context, name: str) -> str:
    """Where a service's tasks log to: as their task definition says, else by the prefix."""
    definition = context.definition(context.target_definition(name))
    return named_by(definition["containerDefinitions"], context.settings.log_group(name))


def named_by(containers: Sequence[Mapping[str, Any]], own: str) -> str:
    """The service's own group where a container logs to it, for a sidecar may have another one.

    FireLens' plugin has another name for it.
    """
    options = [each.get("logConfiguration", {}).get("options", {}) for each in containers]
    groups = [each.get("awslogs-group") or each.get("log_group_name") for each in options]
    return own if own in groups else next(filter(None, groups), own)
