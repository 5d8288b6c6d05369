"""The metrics of an alarm: what is measured, where its logs are, and how to draw it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from send_alerts.reading.alarm_reason import threshold
from send_alerts.reading.figures import span
from send_alerts.reading.stack_info import StackInfo

WIDTH, HEIGHT = 800, 300
OF_WEB = ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/ECS", "AWS/Logs")


class Metric(NamedTuple):
    """One entry of an alarm's metrics: a metric or an expression."""

    id: str
    returned: bool
    """Whether the alarm watches this one (others only feed its expression)."""
    expression: str
    label: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    period_seconds: int

    @property
    def called(self) -> str:
        """`CPUUtilization (average over 5 min)`, as much of it as is known."""
        label = self.label or self.name or self.expression
        over = f" over {span(self.period_seconds)}" if self.period_seconds else ""
        statistic = "sample count" if self.statistic == "SampleCount" else self.statistic.lower()
        detail = f"{statistic}{over}".strip()
        return f"{label} ({detail})" if detail else label


def from_detail(entry: Mapping[str, Any]) -> Metric:
    """An entry of an EventBridge event's `configuration.metrics`."""
    stat = entry.get("metricStat") or {}
    metric = stat.get("metric") or {}
    return Metric(
        id=entry.get("id", "m1"),
        returned=entry.get("returnData", True),
        expression=entry.get("expression") or "",
        label=entry.get("label") or "",
        namespace=metric.get("namespace") or "",
        name=metric.get("name") or "",
        dimensions=dict(metric.get("dimensions") or {}),
        statistic=stat.get("stat") or "",
        period_seconds=int(stat.get("period") or entry.get("period") or 0),
    )


def from_trigger(trigger: Mapping[str, Any]) -> list[Metric]:
    """The metrics in an SNS message's `Trigger`; none for a composite alarm."""
    if "Metrics" in trigger:
        return [_from_math(entry) for entry in trigger["Metrics"]]
    if "MetricName" not in trigger:
        return []
    return [
        Metric(
            id="m1",
            returned=True,
            expression="",
            label="",
            namespace=trigger.get("Namespace", ""),
            name=trigger["MetricName"],
            dimensions=_dimensions(trigger),
            statistic=trigger.get("ExtendedStatistic") or _as_drawn(trigger.get("Statistic") or ""),
            period_seconds=int(trigger.get("Period") or 0),
        )
    ]


def _as_drawn(statistic: str) -> str:
    """`SAMPLE_COUNT` as `SampleCount`, the only spelling that CloudWatch draws."""
    return "".join(word.capitalize() for word in statistic.split("_"))


def _from_math(entry: Mapping[str, Any]) -> Metric:
    stat = entry.get("MetricStat") or {}
    metric = stat.get("Metric") or {}
    return Metric(
        id=entry.get("Id", "m1"),
        returned=entry.get("ReturnData", True),
        expression=entry.get("Expression") or "",
        label=entry.get("Label") or "",
        namespace=metric.get("Namespace") or "",
        name=metric.get("MetricName") or "",
        dimensions=_dimensions(metric),
        statistic=stat.get("Stat") or "",
        period_seconds=int(stat.get("Period") or entry.get("Period") or 0),
    )


def _dimensions(values: Mapping[str, Any]) -> dict[str, str]:
    return {pair["name"]: pair["value"] for pair in values.get("Dimensions") or ()}


def resource(metrics: Sequence[Metric]) -> str:
    """What is measured, by its dimensions, as people find it; empty where there are none."""
    named = [metric.dimensions for metric in metrics if metric.dimensions]
    return ", ".join(f"{name} {value}" for name, value in named[0].items()) if named else ""


def log_group(metrics: Sequence[Metric], stack_info: StackInfo) -> str:
    """Where the thing that is measured logs, as far as that group is known to be there.

    The balancer's metrics, and the app's own, are the web service's matter.
    """
    for metric in metrics:
        if service := metric.dimensions.get("ServiceName"):
            return stack_info.log_group(service)
        if function := metric.dimensions.get("FunctionName"):
            return f"/aws/lambda/{function}"
    of_others = any(
        metric.namespace.startswith("AWS/") and metric.namespace not in OF_WEB
        for metric in metrics
        if metric.namespace
    )
    return "" if of_others else stack_info.log_group()


def widget(region: str, title: str, metrics: Sequence[Metric], reason: str) -> str:
    """The JSON that GetMetricWidgetImage draws; empty where there is no metric (composite).

    Three hours with the threshold as a line (CloudWatch API, "Metric Widget Structure").
    """
    if not metrics:
        return ""
    drawn: dict[str, Any] = {
        "title": title,
        "region": region,
        "width": WIDTH,
        "height": HEIGHT,
        "start": "-PT3H",
        "metrics": [_row(metric) for metric in metrics],
    }
    limit = threshold(reason)
    if limit is not None:
        line = {"value": limit, "label": "threshold", "color": "#d62728"}
        drawn["annotations"] = {"horizontal": [line]}
    return json.dumps(drawn)


def _row(metric: Metric) -> list[Any]:
    options: dict[str, Any] = {"id": metric.id, "visible": metric.returned or bool(metric.name)}
    if metric.label:
        options["label"] = metric.label
    if metric.period_seconds:
        options["period"] = metric.period_seconds
    if metric.expression:
        return [{"expression": metric.expression, **options}]
    options["stat"] = metric.statistic
    named = [text for pair in metric.dimensions.items() for text in pair]
    return [metric.namespace, metric.name, *named, options]
