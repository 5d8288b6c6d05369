"""What CloudWatch measured since the request's `startedAt`: the view of a load test."""

from datetime import datetime, timedelta
from typing import Any

from ops_common.answers.queue import Measurement
from ops_common.answers.system import ConnectionUsage
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding

WINDOW = timedelta(minutes=15)
FAILED_SHARE = 0.001
P95_SECONDS = 1.0
USED_AT_MOST = 0.8

type Metric = tuple[str, str, str]
"""Namespace, name, statistic."""
LOAD_BALANCER: dict[str, Metric] = {
    "requests": ("AWS/ApplicationELB", "RequestCount", "Sum"),
    "target_errors": ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum"),
    "own_errors": ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum"),
    "p95": ("AWS/ApplicationELB", "TargetResponseTime", "p95"),
}


def responses(context: Context) -> Finding:
    """5xx and response time at the load balancer."""
    balancers = context.load_balancers()
    if not balancers:
        return Finding.skipped(f"{context.settings.web_service} is behind no load balancer")
    dimension = {"Name": "LoadBalancer", "Value": balancers[0].partition(":loadbalancer/")[2]}
    values = _values(context, LOAD_BALANCER, dimension)
    return judge_responses(
        requests=sum(values["requests"]),
        errors=sum(values["target_errors"]) + sum(values["own_errors"]),
        p95_seconds=max(values["p95"], default=0.0),
    )


def judge_responses(*, requests: float, errors: float, p95_seconds: float) -> Finding:
    """What the load balancer's figures amount to; the p95 is that of the worst minute."""
    expected = f"5xx at most {FAILED_SHARE:.1%}, p95 at most {P95_SECONDS:g} s in each minute"
    if not requests and not errors:
        return Finding.skipped("no request reached the load balancer in that time")
    # The load balancer's own 5xx are not in RequestCount where it found no target.
    share = errors / max(requests, errors)
    observed = f"{requests:.0f} requests, {errors:.0f} 5xx ({share:.2%}), p95 {p95_seconds:.2f} s"
    if share > FAILED_SHARE:
        return Finding.failed(
            observed,
            expected,
            "read the web service's log of those minutes, and check target_health",
            cause=Cause.ERRORS,
        )
    if p95_seconds > P95_SECONDS:
        return Finding.failed(
            observed,
            expected,
            "is CPU the limit (more web tasks), or the database (more ACU)?",
            cause=Cause.SLOW,
        )
    return Finding.passed(observed, expected)


def peak_connections(context: Context) -> Finding:
    """The most connections in a minute of that time, against the limit."""
    cluster = context.database_cluster_id()
    metric: dict[str, Metric] = {"used": ("AWS/RDS", "DatabaseConnections", "Maximum")}
    values = _values(context, metric, {"Name": "DBClusterIdentifier", "Value": cluster})
    usage = ConnectionUsage.from_json(context.ask("connection_usage"))
    usable = usage.usable
    peak = max([usage.used, *values["used"]])
    observed = f"{peak:.0f} of {usable} at the most"
    expected = f"at most {int(usable * USED_AT_MOST)}"
    if peak > usable * USED_AT_MOST:
        return Finding.failed(
            observed,
            expected,
            "lower the pools (RAILS_MAX_THREADS), or raise the cluster's maximum ACU",
        )
    return Finding.passed(observed, expected)


def queue_latency(context: Context) -> Finding:
    """How long the oldest ready job waits now."""
    answer = context.ask("measure_queue", context.settings.queue_database_name)
    wait = Measurement.from_json(answer).oldest_wait_seconds
    limit = context.settings.target_latency_seconds
    observed, expected = f"the oldest job waits {wait:.0f} s", f"at most {limit:g} s"
    if wait > limit:
        return Finding.failed(
            observed, expected, "raise MaxTasks, or see why scale_workers holds (docs/scaling.md)"
        )
    return Finding.passed(observed, expected)


def _values(
    context: Context, metrics: dict[str, Metric], dimension: dict[str, str]
) -> dict[str, list[float]]:
    """Values of each minute since the request began, by the metrics' names here."""
    since = _since(context)
    queries = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": metric,
                    "Dimensions": [dimension],
                },
                "Period": 60,
                "Stat": statistic,
            },
        }
        for name, (namespace, metric, statistic) in metrics.items()
    ]
    results: list[Any] = context.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=since, EndTime=context.now
    )["MetricDataResults"]
    return {result["Id"]: result["Values"] for result in results}


def _since(context: Context) -> datetime:
    return context.request.started_at or context.now - WINDOW
