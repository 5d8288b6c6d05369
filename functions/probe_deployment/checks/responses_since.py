"""Answers at the target groups since the deployment, against those before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.logs.compare import Change, change

BEFORE = timedelta(hours=1)
SHARE, AT_LEAST = 0.01, 5
"""Of 5xx since; less than that is told, and fails nothing."""
EXPECTED = f"no more 5xx than before, or less than {SHARE:.0%} of the answers"
METRICS = {
    "requests": ("RequestCount", "Sum"),
    "errors": ("HTTPCode_Target_5XX_Count", "Sum"),
    "p95": ("TargetResponseTime", "p95"),
}


@dataclass(frozen=True, slots=True)
class Responses:
    """Sums of a time, and the 95th percentile of its worst minute in seconds."""

    requests: float = 0.0
    errors: float = 0.0
    p95: float = 0.0

    @property
    def share(self) -> float:
        """Of errors; the balancer counts those without a target apart from requests."""
        return self.errors / max(self.requests, self.errors, 1.0)


def check(context: Context) -> Finding:
    """The share of 5xx and the p95 of all target groups, since the deployment and before."""
    groups = [arn for name in context.probed for arn in context.target_groups(name)]
    balancers = context.load_balancers() if groups else []
    if not balancers:
        return Finding.skipped("behind no load balancer")
    since = min(context.service(name).primary.created_at for name in context.probed)
    dimensions = [_dimensions(group, balancers[0]) for group in groups]
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
            older_version_fixes=True,
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
        p95=max(values["p95"], default=0.0),
    )
