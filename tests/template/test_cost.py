"""The monthly bill follows from the template, and keeps to what was aimed at."""

import pytest

from cli.cost import workload
from cli.cost.__main__ import main
from cli.cost.bill import Bill
from cli.cost.page import JIKI, LEAN, USED_BY_JIKI, terminal
from cli.cost.prices import PRICES
from cli.cost.schedule import BadSchedule, runs_a_month
from cli.cost.usage import metric_names, usage
from local.transform import EVERY_FUNCTION, resolved
from tests.outputs import assert_shown


def bill(**parameters: str) -> Bill:
    return Bill.of(usage(JIKI | parameters))


def test_the_page_shows_what_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["make cost", "--set", "AlarmSet=own CreateDashboard=false"])
    assert main() == 0
    assert_shown("cost", capsys.readouterr().out)


@pytest.mark.parametrize("parameters", [{}, LEAN, {"AlarmSet": "all", "Architecture": "arm64"}])
def test_the_bill_fits_80_columns(parameters: dict[str, str]) -> None:
    assert max(map(len, terminal(bill(**parameters)).splitlines())) <= 80


def units(name: str, **parameters: str) -> float:
    return sum(line.units for line in bill(**parameters).lines if line.name == name)


def test_the_defaults_cost_less_than_ten_cents_within_what_is_free() -> None:
    assert bill().charged_usd() < 0.10


def test_the_defaults_cost_less_than_a_dollar_in_an_account_like_jiki_s() -> None:
    assert bill().charged_usd(USED_BY_JIKI) < 1


def test_without_alarms_on_the_system_and_dashboard_the_list_price_is_under_a_dollar() -> None:
    assert bill(**LEAN).list_usd < 1


def test_what_is_charged_is_never_more_than_the_list_price() -> None:
    for parameters in ({}, LEAN, {"AlarmSet": "all"}):
        month = bill(**parameters)
        charged = (month.charged_usd(), month.charged_usd(USED_BY_JIKI), month.list_usd)
        assert list(charged) == sorted(charged)


def test_every_function_and_every_metric_has_its_figures() -> None:
    functions = {
        name
        for name, item in resolved(EVERY_FUNCTION).items()
        if item["Type"] == "AWS::Lambda::Function"
    }
    assert set(workload.RUNS) == set(workload.EXTRA_RUNS) == functions
    assert set(workload.METRIC_HOURS) == metric_names()


def test_every_price_is_used_by_some_parameters() -> None:
    used = {use.price for use in [*usage(), *usage({"Architecture": "arm64"})]}
    assert used == set(PRICES)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("CloudWatch alarms", {}, 10),
        ("CloudWatch alarms", {"AlarmSet": "all"}, 18),
        ("CloudWatch dashboards", {"CreateDashboard": "false"}, 0),
        ("CloudWatch custom metrics", LEAN, 0),
    ],
)
def test_parameters_change_the_bill(name: str, parameters: dict[str, str], expected: float) -> None:
    assert units(name, **parameters) == expected


def test_metrics_are_published_while_an_alarm_or_the_dashboard_reads_them() -> None:
    for parameters in ({"AlarmSet": "own"}, {"CreateDashboard": "false"}):
        assert units("CloudWatch custom metrics", **parameters) == 2


def test_a_tick_is_a_run_of_two_functions() -> None:
    ticks = runs_a_month("rate(1 minute)")
    assert ticks == pytest.approx(43_800)
    assert units("Lambda requests") > 2 * ticks


def test_longer_retention_costs_storage() -> None:
    name = "CloudWatch Logs, kept"
    assert units(name, LogRetentionDays="30") > 2 * units(name, LogRetentionDays="14")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(15 minutes)", 2920),
        ("rate(1 day)", 30.42),
        ("cron(0 9 1 * ? *)", 1),
        ("cron(0 7 ? * MON *)", 4.35),
        ("cron(0/15 8-17 ? * MON-FRI *)", 869.05),
        ("cron(0,30 * * * ? *)", 1460),
        ("cron(5 6 1,15 1/3 ? *)", 0.67),
    ],
)
def test_a_schedule_s_runs_are_counted(expression: str, expected: float) -> None:
    assert runs_a_month(expression) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("expression", ["every minute", "cron(0 9 L * ? *)", "rate(1 week)"])
def test_another_schedule_is_refused(expression: str) -> None:
    with pytest.raises(BadSchedule, match=r".+"):
        runs_a_month(expression)
