"""docs/cost.md, and the same for a terminal."""

from collections.abc import Mapping
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table

from cli.cost import workload
from cli.cost.bill import Bill, Line
from cli.cost.usage import metric_names, runs_a_month_of, usage
from local.transform import EVERY_FUNCTION, resolved

# What of Jiki's system the alarms and the dashboard show, without which there are fewer alarms;
# and its Slack app, without which nothing is answered there.
JIKI = {
    "LoadBalancerName": "app/jiki-api-alb/0123456789abcdef",
    "TargetGroupName": "targetgroup/jiki-api/0123456789abcdef",
    "DatabaseClusterId": "jiki-production",
    **EVERY_FUNCTION,
}
LEAN = {"AlarmSet": "own", "CreateDashboard": "false"}
SETTINGS = {
    "the defaults, with Jiki's load balancer, targets, cluster and Slack app named": {},
    "`AlarmSet=own CreateDashboard=false`": LEAN,
    "the same with `Architecture=arm64`": LEAN | {"Architecture": "arm64"},
    "`AlarmSet=all`": {"AlarmSet": "all"},
}
USED_BY_JIKI = {"CloudWatch alarms": 2.0, "CloudWatch custom metrics": 10.0}
"""Its web service's auto-scaling has two alarms; Container Insights are custom metrics."""

INTRODUCTION = """\
# What it costs

An account like Jiki's pays less than a dollar a month for the defaults. The bill for your own
parameters:

```sh
make cost SET="AlarmSet=own CreateDashboard=false"
```

```text output=cost
{example}
```

## Four settings

| a month with | at list prices | with what is free | with what Jiki's account leaves of it |
|---|---|---|---|
"""
EXPLANATION = """
- **List prices** are those of eu-west-1 in US dollars, without tax. **What is free** is what every
  account has each month for ever; the allowances of its first year don't count.
- **Jiki's account** uses some of what is free: its web service's auto-scaling has two alarms, and
  Container Insights count as custom metrics.
- **At list prices** CloudWatch alone makes the defaults cost more than a dollar: ten alarms, a
  dashboard and {metrics} custom metrics ({names}). An account has as many for nothing.
- **Where yours has used that up**, `AlarmSet=own CreateDashboard=false` keeps the three alarms on
  the stack itself. Probes, rotation, scaling and alerts work as before. What the metrics would show
  is in the log line of each tick.
- **The biggest part of the rest** is Lambda's polling of an empty queue, which no setting changes.
  It is the price of alerts that wait for a Slack that is down.

## The defaults, line by line

`make docs` writes this page from the transformed template. *Published* is AWS's own date; a star
marks a price in us-east-1, which most Regions share.

| | units a month | list price | published | costs | with what is free |
|---|---|---|---|---|---|
"""
ASSUMPTIONS = """
## What a month is taken to be

{deployments:.0f} deployments, {alerts} messages for people, one rotation, and what the schedules
start. Seconds are taken high, for 256 MB (`probe_deployment` 512 MB); `cli/cost/workload.py` says
where each figure comes from, and a test holds the bytes of log.

| function | runs | seconds each | bytes of log each |
|---|---|---|---|
"""
NOT_COUNTED = """
## Not counted

- The secret `config` ($0.40 a month) and the table `config`, which the app has anyway.
- `query_database` needs no NAT gateway, no interface endpoint and no public address: network $0.
- Opening the dashboard: a curve and three tables of it are Logs Insights queries, at $0.0057 for
  each GB that is read.
- **The database stays awake** while something asks it each minute. While a worker task runs, it is
  awake anyway: Solid Queue polls ten times a second. With `MinTasks=0` the scaler asks CloudWatch
  first, and a paused cluster stays paused.
- What scaling itself saves or spends: a worker task (0.25 vCPU, 0.5 GB) costs about one and a
  quarter cents an hour.
"""


def page() -> str:
    """The whole page."""
    rows = [f"| {name} | {' | '.join(_totals(values))} |" for name, values in SETTINGS.items()]
    bill = Bill.of(usage(JIKI))
    lines = [f"| {' | '.join(cells)} |" for cells in table(bill)]
    names = sorted(metric_names())
    explanation = EXPLANATION.format(
        metrics=len(names), names=", ".join(f"`{name}`" for name in names)
    )
    assumptions = ASSUMPTIONS.format(deployments=workload.DEPLOYMENTS, alerts=workload.ALERTS)
    functions = [
        f"| `{name}` | {runs:,.0f} | {workload.RUNS[name].seconds:g}"
        f" | {workload.RUNS[name].log_bytes:,} |"
        for name, runs in runs_a_month_of(resolved(JIKI)).items()
    ]
    parts = (
        INTRODUCTION.format(example=_example()) + "\n".join(rows),
        explanation + "\n".join(lines),
        assumptions + "\n".join(functions),
        NOT_COUNTED,
    )
    return "\n".join(parts)


def table(bill: Bill) -> list[list[str]]:
    """A row for each price, and one for the whole."""
    total = ["**together**", "", "", "", f"**{_usd(bill.list_usd)}**"]
    return [*map(_row, bill.lines), [*total, f"**{_usd(bill.charged_usd())}**"]]


def terminal(bill: Bill) -> str:
    """The bill for a terminal of 80 columns, which has no room for list prices and their dates."""
    shown = Table("", "units a month", "costs", "with what is free", box=box.SIMPLE)
    for row in table(bill):
        name, units, _, _, *costs = (cell.replace("**", "") for cell in row)
        shown.add_row(name, units, *costs)
    console = Console(file=StringIO(), width=80, record=True)
    console.print(shown)
    return f"{console.export_text()}US dollars a month; the list prices are in docs/cost.md."


def _example() -> str:
    """What `make cost` prints for the lean parameters: its first lines, and its last."""
    lines = [line.rstrip() for line in terminal(Bill.of(usage(JIKI | LEAN))).splitlines()]
    full = [line for line in lines if line.strip("─ ")]
    return "\n".join((*full[:4], "…", *full[-2:]))


def _totals(parameters: Mapping[str, str]) -> tuple[str, str, str]:
    bill = Bill.of(usage(JIKI | dict(parameters)))
    figures = (bill.list_usd, bill.charged_usd(), bill.charged_usd(USED_BY_JIKI))
    return (_usd(figures[0]), _usd(figures[1]), _usd(figures[2]))


def _row(line: Line) -> list[str]:
    price = line.price
    each, many = price.usd, price.unit
    if each < 1e-4:
        each, many = round(each * 1e6, 4), f"million {many}s"
    return [
        line.name,
        f"{line.units:,.0f}" if line.units >= 3 else f"{line.units:.2g}",
        f"${each:.{2 if round(each, 2) == each else 4}f} per {many}",
        price.published,
        _usd(line.list_usd),
        _usd(line.charged_usd()),
    ]


def _usd(amount: float) -> str:
    return "$0" if amount == 0 else f"${amount:.2f}" if amount >= 0.005 else "< $0.01"
