"""Rules that name channels and user groups, against the Slack stand-in."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.slack import SlackStandIn
from local.slack.workspace import ARCHIVED, MEMBER, OUTSIDE
from send_alerts.app import handler
from tests.integration.send_alerts.conftest import Alerts

type Event = Callable[[str], Any]
ROUTES = "severity=critical -> C0CRITICAL @oncall; team=payments -> C0PAYMENTS"


@pytest.fixture
def routed(with_slack: Alerts, slack: SlackStandIn, monkeypatch: pytest.MonkeyPatch) -> Alerts:
    """Two more channels that the bot is in, and a user group on call."""
    monkeypatch.setenv("ALERT_ROUTES", ROUTES)
    slack.workspace.channels |= {"C0CRITICAL": MEMBER, "C0PAYMENTS": MEMBER}
    slack.workspace.handles = {"oncall": "S0ONCALL"}
    return with_slack


def routes_check(alerts: Alerts) -> tuple[bool, str]:
    """What the function finds of its routes when it is asked to look."""
    answer = handler({"selfCheck": True}, alerts.context)
    (check,) = [one for one in answer["selfCheck"] if one["name"] == "routes"]
    return check["ok"], check["said"]


def test_a_group_s_handle_calls_the_group_in_the_channel_of_the_rule(
    routed: Alerts, slack: SlackStandIn, event: Event
) -> None:
    routed.send(event("alerts/alarm_metric"))
    (message,) = slack.messages
    assert message.channel == "C0CRITICAL"
    assert message.text.endswith("<!subteam^S0ONCALL>")
    # Its thread stays in that channel.
    routed.send(event("alerts/alarm_metric_ok"))
    assert [one.channel for one in slack.messages] == ["C0CRITICAL"] * 2
    assert slack.messages[1].thread_ts == message.ts
    # Who is in a group is asked once.
    assert [call.method for call in slack.calls].count("usergroups.list") == 1


def test_a_handle_that_slack_does_not_know_keeps_no_message_back(
    routed: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.lacking.add("usergroups.list")
    assert routed.send(event("alerts/alarm_metric")) == []
    assert slack.messages[0].text.endswith("@oncall")
    assert len(routed.subjects()) == 1


@pytest.mark.parametrize("stands", [OUTSIDE, ARCHIVED, None])
def test_a_channel_that_the_bot_is_not_in_is_replaced_by_the_stack_s_own(
    routed: Alerts, slack: SlackStandIn, event: Event, stands: str | None
) -> None:
    del slack.workspace.channels["C0CRITICAL"]
    if stands:
        slack.workspace.channels["C0CRITICAL"] = stands
    assert routed.send(event("alerts/alarm_metric"), event("alerts/alarm_metric_ok")) == []
    root, line = slack.messages
    assert (root.channel, line.channel) == (slack.channel, slack.channel)
    assert line.thread_ts == root.ts
    # Slack as such is well: nobody is told otherwise.
    assert len(routed.subjects()) == 2


def test_doctor_proves_that_the_bot_is_in_each_channel(routed: Alerts, slack: SlackStandIn) -> None:
    assert routes_check(routed)[0]
    slack.workspace.channels |= {"C0CRITICAL": OUTSIDE, "C0PAYMENTS": ARCHIVED}
    ok, said = routes_check(routed)
    assert not ok
    assert said == "C0CRITICAL: not_in_channel; C0PAYMENTS: is_archived"
    del slack.workspace.channels["C0PAYMENTS"]
    assert "C0PAYMENTS: channel_not_found" in routes_check(routed)[1]


def test_doctor_needs_no_further_scope_for_it(routed: Alerts, slack: SlackStandIn) -> None:
    slack.lacking.add("conversations.info")
    assert routes_check(routed)[0]
    slack.workspace.channels["C0PAYMENTS"] = OUTSIDE
    assert routes_check(routed) == (False, "C0PAYMENTS: not_in_channel")


def test_doctor_names_a_handle_that_no_group_has(routed: Alerts, slack: SlackStandIn) -> None:
    slack.workspace.handles = {}
    assert routes_check(routed) == (False, "@oncall is no user group's handle")
    slack.lacking.add("usergroups.list")
    ok, said = routes_check(routed)
    assert not ok
    assert "missing_scope" in said


def test_rules_without_a_bot_choose_no_channel(routed: Alerts, slack: SlackStandIn) -> None:
    routed.slack_token(slack.webhook_url)
    assert not routes_check(routed)[0]


def test_without_rules_the_stack_s_own_channel_is_proved(
    routed: Alerts, slack: SlackStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERT_ROUTES", "")
    assert routes_check(routed)[0]
    slack.workspace.channels[slack.channel] = ARCHIVED
    assert json.dumps(routes_check(routed)) == json.dumps((False, f"{slack.channel}: is_archived"))
