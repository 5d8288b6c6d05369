"""Error patterns in the services' logs that were not there before the deployment."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.log_patterns import ErrorPattern, new_patterns, patterns

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

WINDOW = timedelta(minutes=15)
# Narrows what is transferred; log_patterns decides. FilterLogEvents costs nothing by volume,
# unlike a query of Logs Insights.
FILTER = "-INFO -DEBUG"
# Of up to 10,000 lines or 1 MB each (CloudWatch Logs API Reference, FilterLogEvents).
MAX_PAGES = 10
LISTED = 3


def check(context: Context) -> Finding:
    """No error pattern in the minutes after that was not in the quarter of an hour before.

    Never fewer minutes before than after: an error that comes every few minutes is not new.
    """
    logs = context.client("logs")
    found: dict[str, list[ErrorPattern]] = {}
    known = 0
    for name in context.probed:
        group = context.settings.log_group(name)
        since = deployment_start(context, name)
        until = min(context.now, since + WINDOW)
        after = patterns(_lines(logs, group, since, until))
        before = patterns(_lines(logs, group, since - WINDOW, since)) if after else {}
        if new := new_patterns(before, after):
            found[group] = new
        known += len(after) - len(new)
    return judge(found, known)


def judge(found: Mapping[str, list[ErrorPattern]], known: int) -> Finding:
    """What new patterns, by log group, and those known from before amount to."""
    new = [pattern for group in found.values() for pattern in group]
    wanted = "no error pattern that was not there before"
    if new:
        listed = "; ".join(f"{pattern.times} × {pattern.sample}" for pattern in new[:LISTED])
        more = f"; and {len(new) - LISTED} more patterns" if len(new) > LISTED else ""
        return Finding.failed(
            f"{len(new)} new: {listed}{more}",
            wanted,
            "read them in full: "
            + "; ".join(
                f"aws logs tail {group} --since 30m --filter-pattern '?ERROR ?FATAL ?Error"
                " ?Exception ?error'"
                for group in found
            )
            + "; if users are hurt, deploy the last task definition that passed (docs/runbook.md)",
        )
    return Finding.passed(f"none new, {known} known from before", wanted)


def deployment_start(context: Context, name: str) -> datetime:
    """When the probed deployment began; near enough where ECS has already replaced it."""
    deployments = context.service(name).deployments
    wanted = context.request.deployment_id
    for deployment in deployments:
        if deployment.id == wanted:
            return deployment.created_at
    if wanted and context.request.started_at:
        return context.request.started_at - WINDOW
    return context.service(name).primary.created_at


def _lines(
    client: "CloudWatchLogsClient", group: str, since: datetime, until: datetime
) -> list[str]:
    lines: list[str] = []
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group,
        startTime=int(since.timestamp() * 1000),
        endTime=int(until.timestamp() * 1000),
        filterPattern=FILTER,
    )
    for page, _ in zip(pages, range(MAX_PAGES), strict=False):
        lines += [event["message"] for event in page["events"]]
    return lines
