"""Errors in the new tasks' logs that the old tasks' logs don't have, or have seldom."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.logs import Change, Compared, compare, count
from probe_deployment.logs.read import Budget, read

BEFORE = timedelta(minutes=60)
AFTER = timedelta(minutes=30)
"""At most the last of it, of a deployment that is older."""
LISTED = 3
EXPECTED = "no error that the old tasks don't have, none that surges"
ENOUGH_TO_ROLL_BACK = 3
"""Fewer occurrences are told, and no reason to touch production."""
# What another service or the network answers: the older version would meet it too.
_ELSEWHERE = re.compile(
    r"Net::|Faraday::(?:Connection|Timeout|Server|SSL)|Errno::(?:E(?:CONN|HOST|NET|TIMEDOUT))"
    r"|SocketError|Timeout::Error|OpenSSL::|Redis::|PG::ConnectionBad|Aws::|HTTP::Timeout"
    r"|ActiveRecord::(?:ConnectionNotEstablished|DatabaseConnectionError|ConnectionTimeout|Query)"
)


@dataclass(frozen=True, slots=True)
class LogGroup:
    """What was read of a service's log."""

    name: str
    compared: Sequence[Compared]
    lines: int
    unread_from: datetime | None
    unread_until: datetime


def check(context: Context) -> Finding:
    """New tasks against old ones, by log stream: what is new, and what comes more often."""
    budget = Budget()
    return judge([_group(context, name, budget) for name in context.probed])


def _group(context: Context, name: str, budget: Budget) -> LogGroup:
    client, group = context.client("logs"), log_group(context, name)
    since = max(deployment_start(context, name), context.now - AFTER)
    after = read(client, group, since, context.now, budget)
    new_ids = {task.id for task in context.new_tasks(name)}
    new, old = after.of(new_ids), after.of(new_ids, others=True)
    if not new:  # another log driver may name its streams otherwise
        new, old = old, []
    found, compared = count(new), list[Compared]()
    if found:
        before = read(client, group, since - BEFORE, since, budget)
        old += before.of(new_ids, others=True)
        exposure = _exposure(BEFORE, len(old), context.now - since, len(new))
        compared = compare(count(old), found, exposure)
    return LogGroup(group, compared, after.lines, after.unread_from, context.now)


def _exposure(before: timedelta, old: int, after: timedelta, new: int) -> float:
    """Task-seconds before, per one after."""
    seconds = max(after.total_seconds(), 1.0) * max(new, 1)
    return max(before.total_seconds() * max(old, 1) / seconds, 0.01)


def judge(groups: Sequence[LogGroup]) -> Finding:
    """What the errors of the services' logs amount to."""
    worse = [
        each
        for group in groups
        for each in group.compared
        if each.change in (Change.NEW, Change.SURGE)
    ]
    notes = "".join(
        f"; of {group.name} not read: {group.unread_from:%H:%M:%S} to {group.unread_until:%H:%M:%S}"
        for group in groups
        if group.unread_from
    )
    lines = sum(group.lines for group in groups)
    if not worse:
        known = sum(each.change is Change.KNOWN for group in groups for each in group.compared)
        return Finding.passed(f"none new, {known} known, in {lines} lines{notes}", EXPECTED)
    listed = "; ".join(_told(each) for each in worse[:LISTED])
    more = f"; and {len(worse) - LISTED} more" if len(worse) > LISTED else ""
    names = " ".join(group.name for group in groups if group.compared)
    return Finding.failed(
        f"{len(worse)} worse: {listed}{more}{notes}",
        EXPECTED,
        f"read them in full: aws logs tail {names} --since 30m; if users are hurt, deploy the last"
        " task definition that passed (docs/runbook.md)",
        older_version_fixes=older_version_fixes(worse),
    )


def older_version_fixes(worse: Sequence[Compared]) -> bool:
    """Whether enough of it is the app's own, and not another service's."""
    own = [each for each in worse if not _ELSEWHERE.match(each.error.name)]
    return sum(each.after for each in own) >= ENOUGH_TO_ROLL_BACK


def _told(each: Compared) -> str:
    before = f" (before: {each.before})" if each.change is Change.SURGE else ""
    return f"{each.after} × {each.sample}{before}"


def log_group(context: Context, name: str) -> str:
    """Where a service's tasks log to: as their task definition says, else by the prefix."""
    for container in context.definition(context.target_definition(name))["containerDefinitions"]:
        options = container.get("logConfiguration", {}).get("options", {})
        if group := options.get("awslogs-group"):
            return str(group)
    return context.settings.log_group(name)


def deployment_start(context: Context, name: str) -> datetime:
    """When the probed deployment began; near enough where ECS has already replaced it."""
    asked = context.request.deployment_id
    for deployment in context.service(name).deployments:
        if deployment.id == asked:
            return deployment.created_at
    if asked and context.request.started_at:
        return context.request.started_at - AFTER
    return context.service(name).primary.created_at
