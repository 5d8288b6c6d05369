"""Readiness of the alarms: on what can go wrong, and of this system and not another."""

from typing import Any

from probe_deployment.context import Context
from probe_deployment.finding import Finding

type Metric = tuple[str, str, str, str]
"""Namespace, name, and a dimension's name and value."""


def check(context: Context) -> Finding:
    """There are alarms on CPU, 5xx and database connections of this system."""
    watched = _watched(context)
    missing, parameters = [], []
    for name, (metric, parameter) in _expected(context).items():
        if metric not in watched:
            missing.append(name)
            parameters.append(parameter)
    expected = "alarms on CPU, 5xx and database connections"
    if missing:
        remedy = context.deploy_command(*dict.fromkeys(parameters))
        observed = f"none on {', '.join(missing)}"
        return Finding.failed(observed, expected, remedy, subjects=missing)
    return Finding.passed(expected, expected)


def _expected(context: Context) -> dict[str, tuple[Metric, str]]:
    """The metrics, and the parameter of this stack that makes each one's alarm."""
    cluster = context.database_cluster_id()
    expected = {
        "CPU": (
            ("AWS/ECS", "CPUUtilization", "ClusterName", context.settings.cluster),
            "AlarmSet=all",
        ),
        "database connections": (
            ("AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", cluster),
            f"DatabaseClusterId={cluster}",
        ),
    }
    for arn in context.load_balancers()[:1]:
        name = arn.partition(":loadbalancer/")[2]
        expected["5xx"] = (
            ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", name),
            f"LoadBalancerName={name}",
        )
    return expected


def _watched(context: Context) -> set[Metric]:
    pages = context.client("cloudwatch").get_paginator("describe_alarms")
    return {
        metric
        for page in pages.paginate(AlarmTypes=["MetricAlarm"])
        for alarm in page["MetricAlarms"]
        for metric in _metrics(alarm)
    }


def _metrics(alarm: Any) -> list[Metric]:
    """The metrics of an alarm, by each of its dimensions; metric math has several."""
    queries = [each.get("MetricStat", {}).get("Metric", {}) for each in alarm.get("Metrics", [])]
    return [
        (part["Namespace"], part["MetricName"], dimension["Name"], dimension["Value"])
        for part in (alarm, *queries)
        if "MetricName" in part
        for dimension in part.get("Dimensions", [])
    ]
