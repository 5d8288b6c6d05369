"""Answers at the target groups since the deployment, against those before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.logs.compare import Change, change

BEFORE = timedelta(hours=1)
SHARE, AT_LEAST = 0.01, 5
"""Of 5xx since; less than that is shown, and fails nothing."""
SLOW_SECONDS, SLOWER = 1.0, 2.0
"""A p95 above the first, and so many times that of before, is slow; a task's first minute isn't."""
SLOW_MINUTES, SLOW_REQUESTS = 3, 100
"""Fewer minutes, or requests, say nothing of how fast the app is."""
EXPECTED = (
    f"no more 5xx than before, or less than {SHARE:.0%} of the answers; a p95 below"
    f" {SLOW_SECONDS:g} s, or not {SLOWER:g} times that of before"
)
METRICS = {
    "requests": ("RequestCount", "Sum"),
    "errors": ("HTTPCode_Target_5XX_Count", "Sum"),
    "p95": ("TargetResponseTime", "p95"),
}


@dataclass(frozen=True, slots=True)
class Responses:
    """Sums of a time, and the median of its minutes' 95th percentiles in seconds."""

    requests: float = 0.0
    errors: float = 0.0
    p95: float = 0.0
    minutes: int = 0
    """Of which there is a percentile."""

    @property
    def share(self) -> float:
        """Of errors; the balancer counts those without a target apart from requests."""
        return self.errors / max(self.requests, self.errors, 1.0)


def check(context: Context) -> Finding:
    """The share of 5xx and the p95 of each service's target groups, since and before.

    A blue/green service's two groups count together, for its tasks move from one to the other: the
    new revision's own has no answers from before.
    """
    groups = {
        name: dict.fromkeys((*context.service(name).target_groups, *context.target_groups(name)))
        for name in context.probed
    }
    balancers = _balancers(context, [arn for arns in groups.values() for arn in arns])
    behind = {
        name: [_dimensions(arn, balancers[arn]) for arn in arns if arn in balancers]
        for name, arns in groups.items()
    }
    if not any(behind.values()):
        return Finding.skipped("behind no load balancer")
    return Finding.worst(
        [
            _of_service(context, name, dimensions)
            for name, dimensions in behind.items()
            if dimensions
        ]
    )


def _balancers(context: Context, groups: list[str]) -> dict[str, str]:
    """The load balancer of each target group, for metrics are by both; a service may have two."""
    if not groups:
        return {}
    described = context.client("elbv2").describe_target_groups(TargetGroupArns=groups)
    return {
        each["TargetGroupArn"]: arn
        for each in described["TargetGroups"]
        for arn in each["LoadBalancerArns"]
    }


def _of_service(context: Context, name: str, dimensions: list[list[dict[str, str]]]) -> Finding:
    since = context.began(name)
    before = _responses(context, dimensions, since - BEFORE, since)
    return judge(before, _responses(context, dimensions, since, context.now))


def judge(before: Responses, since: Responses) -> Finding:
    """What the figures of both times amount to."""
    observed = (
        f"{since.requests:.0f} answers since, {since.share:.1%} 5xx (before {before.share:.1%}),"
        f" p95 {since.p95:.2f} s (before {before.p95:.2f} s)"
    )
    if not since.requests and not since.errors:
        return Finding.skipped("no answers since that CloudWatch has counted yet")
    exposure = max(before.requests, before.errors) / max(since.requests, since.errors)
    more = change(int(before.errors), int(since.errors), max(exposure, 0.01))
    worse = more in (Change.NEW, Change.SURGE)
    if worse and since.errors >= AT_LEAST and since.share >= SHARE:
        return Finding.failed(
            observed,
            EXPECTED,
            "read the web service's log for what answers 500 (log_errors)",
            cause=Cause.ERRORS,
            older_version_fixes=True,
        )
    measured = since.minutes >= SLOW_MINUTES and since.requests >= SLOW_REQUESTS and before.p95 > 0
    if measured and since.p95 > max(SLOW_SECONDS, SLOWER * before.p95):
        return Finding.failed(
            observed,
            EXPECTED,
            "compare CPU and the database of both times on the dashboard; if neither is short, it"
            " is the new version's code. The hour may have its part in it: nothing is rolled back",
            cause=Cause.SLOW,
        )
    return Finding.passed(observed, EXPECTED)


def _dimensions(group: str, balancer: str) -> list[dict[str, str]]:
    return [
        {"Name": "TargetGroup", "Value": group.rpartition(":")[2]},
        {"Name": "LoadBalancer", "Value": balancer.partition(":loadbalancer/")[2]},
    ]


def _responses(
    context: Context, dimensions: list[list[dict[str, str]]], start: datetime, end: datetime
) -> Responses:
    queries = [
        {
            "Id": f"{name}{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/ApplicationELB",
                    "MetricName": metric,
                    "Dimensions": group,
                },
                "Period": 60,
                "Stat": statistic,
            },
        }
        for name, (metric, statistic) in METRICS.items()
        for number, group in enumerate(dimensions)
    ]
    results: list[Any] = context.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=start, EndTime=end
    )["MetricDataResults"]
    values = {
        name: [value for each in results if each["Id"].startswith(name) for value in each["Values"]]
        for name in METRICS
    }
    return Responses(
        requests=sum(values["requests"]),
        errors=sum(values["errors"]),
        p95=median(values["p95"]) if values["p95"] else 0.0,
        minutes=len(values["p95"]),
    )
