"""docs/cost.md, and the same for a terminal."""

from collections.abc import Mapping

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

Written from the transformed template by `make docs`; `make cost SET="AlarmSet=all"` shows the bill
for other parameters. List prices of eu-west-1 in US dollars without tax, with the date on which AWS
published each (with a star: the price in us-east-1, which most Regions share). What is free is what
every account has each month for ever, and not the allowances of its first year.

| a month with | at list prices | with what is free | with what Jiki's account leaves of it |
|---|---|---|---|
"""
EXPLANATION = """
- **At list prices** the defaults cost more than a dollar because of CloudWatch alone: ten alarms, a
  dashboard and {metrics} custom metrics ({names}),
  all within what an account has for nothing. Where yours has used that up,
  `AlarmSet=own CreateDashboard=false` keeps the three alarms on the stack itself; probes,
  rotation, scaling and alerts work as before, and what the metrics would show is in the log line
  of each tick.
- **Jiki's account** uses some of what is free: its web service's auto-scaling has two alarms, and
  Container Insights count as custom metrics.
- The biggest of what remains is Lambda's polling of an empty queue, which no setting changes: it
  is the price of alerts that wait for a Slack that is down.

## The defaults, line by line

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
- **The database stays awake** while something asks it each minute. With a worker task running it
  does so anyway, for Solid Queue polls ten times a second; with `MinTasks=0` the scaler asks
  CloudWatch first, and lets a paused cluster sleep.
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
        INTRODUCTION + "\n".join(rows),
        explanation + "\n".join(lines),
        assumptions + "\n".join(functions),
        NOT_COUNTED,
    )
    return "\n".join(parts)


def table(bill: Bill) -> list[list[str]]:
    """A row for each price, and one for the whole."""
    total = ["**together**", "", "", "", f"**{_usd(bill.list_usd)}**"]
    return [*map(_row, bill.lines), [*total, f"**{_usd(bill.charged_usd())}**"]]


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
