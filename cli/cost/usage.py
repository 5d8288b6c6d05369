"""What a stack with given parameters uses in a month."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.cost import workload
from cli.cost.schedule import runs_a_month
from local.transform import resolved
from paths import ROOT

SWEEPER = "SendAlerts"
"""What its schedule starts is a sweep; everything else that it does comes otherwise."""
BY_QUEUE = {"AlertQueue": SWEEPER}
"""The function behind a queue that a schedule sends to."""


@dataclass(frozen=True)
class Use:
    """So many units of one price, for something."""

    price: str
    """A key of prices.PRICES."""
    what: str
    units: float


def usage(parameters: Mapping[str, str] | None = None) -> list[Use]:
    """Everything that is charged for, of the resources that the parameters leave."""
    resources = resolved(parameters)
    kinds = Counter(resource["Type"] for resource in resources.values())
    starts = _starts(resources)
    sweeps = starts.get(SWEEPER, 0)
    runs = runs_a_month_of(resources)
    works = [(SWEEPER, workload.SWEEP, sweeps)]
    works += [(name, workload.RUNS[name], runs[name] - _sweeps(name, sweeps)) for name in runs]
    uses = [use for work in works if work[0] in resources for use in _function(resources, *work)]
    uses += [
        Use("EventBridge Scheduler", "starts", sum(starts.values())),
        Use("EventBridge events of our own", "events", workload.OWN_EVENTS),
        Use("SQS requests", "polls of the empty alert queue", workload.IDLE_POLLS),
        # In, out, deleted, and perhaps hidden for a while.
        Use("SQS requests", "alerts", 4 * (workload.ALERTS + sweeps)),
        Use("SNS publishes", "notifications", workload.NOTIFICATIONS),
        Use("SNS e-mails", "notifications", workload.NOTIFICATIONS),
        Use("CloudWatch GetMetricWidgetImage", "charts", workload.NOTIFICATIONS),
        Use("CloudWatch alarms", "alarms", kinds["AWS::CloudWatch::Alarm"]),
        Use("CloudWatch dashboards", "dashboard", kinds["AWS::CloudWatch::Dashboard"]),
        Use("CloudWatch custom metrics", "metrics", _custom_metrics(resources)),
        Use("S3, the packages", "packages", workload.STORED_GB),
    ]
    return [use for use in uses if use.units]


def _sweeps(name: str, sweeps: float) -> float:
    return sweeps if name == SWEEPER else 0


def runs_a_month_of(resources: Mapping[str, Any]) -> dict[str, float]:
    """How often each function runs, by its logical id."""
    runs, starts = dict(workload.EXTRA_RUNS), _starts(resources)
    for name in starts:
        runs[name] += starts[name]
    # A tick asks the database once.
    runs["QueryDatabase"] += runs["ScaleWorkers"]
    return runs


def _starts(resources: Mapping[str, Any]) -> dict[str, float]:
    starts: dict[str, float] = {}
    for resource in resources.values():
        if resource["Type"] == "AWS::Scheduler::Schedule":
            target = resource["Properties"]["Target"]["Arn"].strip("<>").partition(".")[0]
            function = BY_QUEUE.get(target, target)
            runs = runs_a_month(resource["Properties"]["ScheduleExpression"])
            starts[function] = starts.get(function, 0) + runs
    return starts


def _function(
    resources: Mapping[str, Any], name: str, run: workload.Run, runs: float
) -> Iterator[Use]:
    properties = resources[name]["Properties"]
    log_group = resources[f"{name}Logs"]["Properties"]
    (architecture,) = properties["Architectures"]
    gigabyte_seconds = runs * run.seconds * properties["MemorySize"] / 1024
    logged = runs * run.log_bytes / 1e9
    retention = int(log_group["RetentionInDays"])
    yield Use("Lambda requests", name, runs)
    yield Use(f"Lambda duration ({architecture})", name, gigabyte_seconds)
    yield Use("DynamoDB reads", name, runs * run.reads)
    yield Use("DynamoDB writes", name, runs * run.writes)
    yield Use("Secrets Manager calls", name, runs * run.secret_calls)
    yield Use("CloudWatch Logs, taken in", name, logged)
    # As if nothing were compressed.
    yield Use("CloudWatch Logs, kept", name, logged * retention / workload.DAYS)


def _custom_metrics(resources: Mapping[str, Any]) -> float:
    """Months of the metrics that functions give to Powertools, each with the one dimension."""
    disabled = {
        resource["Properties"]["Environment"]["Variables"].get("POWERTOOLS_METRICS_DISABLED")
        for resource in resources.values()
        if resource["Type"] == "AWS::Lambda::Function"
    }
    if disabled == {"true"}:
        return 0
    return sum(workload.METRIC_HOURS[name] for name in metric_names()) / workload.HOURS


def metric_names() -> set[str]:
    """The custom metrics, as the functions' source names them."""
    names = set()
    for file in (ROOT / "functions").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="add_metric"), args=[ast.Constant(value=name), *_]
                ):
                    names.add(str(name))
    return names
