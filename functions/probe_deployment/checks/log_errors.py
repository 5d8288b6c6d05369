"""Errors in the new tasks' logs that the old tasks' logs don't have, or have seldom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from probe_deployment import soak
from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.logs import Change, Compared, compare, count, redact
from probe_deployment.logs.compare import SIGNIFICANCE, chance
from probe_deployment.logs.elsewhere import elsewhere
from probe_deployment.logs.read import Budget, Read, read

BEFORE = timedelta(minutes=60)
MILLISECOND = timedelta(milliseconds=1)
AFTER = timedelta(minutes=30)
"""At most the last of it, of a deployment that is older."""
LISTED = 3
NAME_LENGTH = 100
EXPECTED = "no error that the old tasks don't have, none that surges"
ENOUGH_TO_ROLL_BACK = 3
"""Fewer occurrences are shown, and no reason to touch production."""
OVERLAP = timedelta(minutes=1)
"""A check begins a while after its time, and lines arrive late."""
SHARE_OF_THE_NEW = 2 / 3


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


def check(context: Context) -> Finding:
    """New tasks against old ones, by log stream: what is new, and what comes more often."""
    new, old = Budget.shared(SHARE_OF_THE_NEW)
    return judge([_group(context, name, new, old) for name in context.probed])


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


def _group(context: Context, name: str, budget: Budget, budget_of_old: Budget) -> LogGroup:
    client, group = context.client("logs"), log_group(context, name)
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
    unread = (after.unread_from, after.unread_until)
    return LogGroup(group, compared, after.lines, *unread, seen_before, cut)


def _exposure(before: timedelta, old: int, after: timedelta, new: int) -> float:
    """Task-seconds before, per one after."""
    seconds = max(after.total_seconds(), 1.0) * max(new, 1)
    return max(before.total_seconds() * max(old, 1) / seconds, 0.01)


def judge(groups: Sequence[LogGroup]) -> Finding:
    """What the errors of the services' logs amount to."""
    worse = [
        (group, each)
        for group in groups
        for each in group.compared
        if each.change in (Change.NEW, Change.SURGE)
    ]
    sure = [each for group, each in worse if group.sure(each)]
    unread = [group for group in groups if group.unread_from]
    notes = "".join(
        f"; of {group.name} not read: {group.unread_from:%H:%M:%S} to {group.unread_until:%H:%M:%S}"
        for group in unread
    )
    names = " ".join(group.name for group in groups if group.compared or group.unread_from)
    remedy = (
        f"read them in full: aws logs tail {names} --since 30m; if users are hurt, deploy the last"
        " task definition that passed (docs/runbook.md)"
    )
    if sure:
        fixes = older_version_fixes(sure)
        observed = f"{len(sure)} worse: {_listed(sure)}{notes}"
        return Finding.failed(
            observed, EXPECTED, remedy, subjects=_names(sure), older_version_fixes=fixes
        )
    if worse:
        unsure = [each for _, each in worse]
        observed = (
            f"{_listed(unsure)}{notes}: new as far as the old tasks' log was read, not to its end"
        )
        return Finding.unknown(observed, EXPECTED, remedy, subjects=_names(unsure))
    lines = sum(group.lines for group in groups)
    known = sum(each.change is Change.KNOWN for group in groups for each in group.compared)
    observed = f"none new, {known} known, in {lines} lines{notes}"
    if any(not group.seen_before for group in unread):
        return Finding.unknown(observed, EXPECTED, remedy)
    return Finding.passed(observed, EXPECTED)


def _listed(worse: Sequence[Compared]) -> str:
    more = f"; and {len(worse) - LISTED} more" if len(worse) > LISTED else ""
    return "; ".join(_described(each) for each in worse[:LISTED]) + more


def _names(worse: Sequence[Compared]) -> list[str]:
    """Classes of exceptions, once each; redacted, for a log may call anything its class."""
    names = (redact(each.error.name)[:NAME_LENGTH] for each in worse if each.error.name)
    return list(dict.fromkeys(names))


def older_version_fixes(worse: Sequence[Compared]) -> bool:
    """Whether enough of it is the app's own, and not another service's.

    An answer 5xx stands beside the exception that it is for, in Rails' log and in each proxy's.
    """
    own, answered, exceptions = 0, Counter[str](), 0
    for each in worse:
        if each.error.status and not each.error.name:
            answered[each.error.why] += each.after
            continue
        exceptions += each.after
        own += 0 if elsewhere(each.error) else each.after
    unexplained = max(answered.values(), default=0) - exceptions
    return own + max(unexplained, 0) >= ENOUGH_TO_ROLL_BACK


def _described(each: Compared) -> str:
    before = f" (before: {each.before})" if each.change is Change.SURGE else ""
    return f"{each.after} × {each.sample}{before}"


def log_group(context: Context, name: str) -> str:
    """Where a service's tasks log to: as their task definition says, else by the prefix."""
    for container in context.definition(context.target_definition(name))["containerDefinitions"]:
        options = container.get("logConfiguration", {}).get("options", {})
        if group := options.get("awslogs-group"):
            return str(group)
    return context.settings.log_group(name)
