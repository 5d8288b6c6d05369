"""What an alarm measures: its name, where its logs are, and how to draw it."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from send_alerts.reading.arrival import SHAPES
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


class Measured(NamedTuple):
    """What an alarm measures, by its metrics; a composite has none."""

    name: str
    """`CPUUtilization (average over 5 min)`, as much of it as is known."""
    resource: str
    """By its dimensions, as people find it; empty where there are none."""
    log_group: str
    """Where it logs, as far as that group is known to be there."""
    rows: Sequence[Sequence[Any]]
    """The metrics as CloudWatch draws them."""

    def widget(self, region: str, title: str, threshold: float | None) -> str:
        """The JSON that GetMetricWidgetImage draws; empty where there is no metric.

        Three hours with the threshold as a line (CloudWatch API, "Metric Widget Structure").
        """
        if not self.rows:
            return ""
        drawn: dict[str, Any] = {
            "title": title,
            "region": region,
            "width": WIDTH,
            "height": HEIGHT,
            "start": "-PT3H",
            "metrics": self.rows,
        }
        if threshold is not None:
            line = {"value": threshold, "label": "threshold", "color": "#d62728"}
            drawn["annotations"] = {"horizontal": [line]}
        return json.dumps(drawn)


def of_event(entries: Any, stack_info: StackInfo) -> Measured:
    """By those entries of an EventBridge event's `configuration.metrics` that can be read."""
    metrics = []
    for entry in entries if isinstance(entries, list) else ():
        with suppress(*SHAPES):
            metrics.append(_metric(entry))
    return _measured(metrics, stack_info)


def of_message(trigger: Any, stack_info: StackInfo) -> Measured:
    """By an SNS message's `Trigger`, where it can be read."""
    metrics = []
    with suppress(*SHAPES):
        metrics = _of_trigger(_as_by_event(trigger or {}))
    return _measured(metrics, stack_info)


def _measured(metrics: Sequence[Metric], stack_info: StackInfo) -> Measured:
    watched = next((metric for metric in metrics if metric.returned), None)
    named = next((metric.dimensions for metric in metrics if metric.dimensions), {})
    return Measured(
        name=_name(watched) if watched else "It",
        resource=", ".join(f"{name} {value}" for name, value in named.items()),
        log_group=_log_group(metrics, stack_info),
        rows=[_row(metric) for metric in metrics],
    )


def _name(metric: Metric) -> str:
    label = metric.label or metric.name or metric.expression
    over = f" over {span(metric.period_seconds)}" if metric.period_seconds else ""
    statistic = "sample count" if metric.statistic == "SampleCount" else metric.statistic.lower()
    detail = f"{statistic}{over}".strip()
    return f"{label} ({detail})" if detail else label


def _metric(entry: Mapping[str, Any]) -> Metric:
    entry = _as_by_event(entry)
    stat = _as_by_event(entry.get("metricStat") or {})
    metric = _as_by_event(stat.get("metric") or {})
    return Metric(
        id=entry.get("id", "m1"),
        returned=entry.get("returnData", True),
        expression=entry.get("expression") or "",
        label=entry.get("label") or "",
        namespace=str(metric.get("namespace") or ""),
        name=metric.get("name") or "",
        dimensions=_dimensions(metric.get("dimensions") or {}),
        statistic=str(stat.get("stat") or ""),
        period_seconds=int(stat.get("period") or entry.get("period") or 0),
    )


def _dimensions(values: Any) -> dict[str, str]:
    """By name; SNS lists them."""
    if isinstance(values, list):
        return {pair["name"]: pair["value"] for pair in values}
    return dict(values)


def _of_trigger(trigger: Mapping[str, Any]) -> list[Metric]:
    if "metrics" in trigger:
        return [_metric(entry) for entry in trigger["metrics"]]
    if "name" not in trigger:
        return []
    statistic = trigger.get("extendedStatistic") or _as_drawn(trigger.get("statistic") or "")
    stat = {"metric": trigger, "stat": statistic, "period": trigger.get("period")}
    return [_metric({"metricStat": stat})]


def _as_by_event(fields: Mapping[str, Any]) -> dict[str, Any]:
    """With the names that an event has: they begin small, and those of SNS do not."""
    return {
        "name" if name == "MetricName" else name[:1].lower() + name[1:]: value
        for name, value in fields.items()
    }


def _as_drawn(statistic: str) -> str:
    """`SAMPLE_COUNT` as `SampleCount`, the only spelling that CloudWatch draws."""
    return "".join(word.capitalize() for word in statistic.split("_"))


def _log_group(metrics: Sequence[Metric], stack_info: StackInfo) -> str:
    """The balancer's metrics, and the app's own, are the web service's matter."""
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
