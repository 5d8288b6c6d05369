"""What the function reads before its first event."""

from collections.abc import Callable
from typing import Any

import pytest

from local.slack import SlackStandIn
from send_alerts import wiring
from tests.integration.send_alerts.conftest import Alerts

TOKEN = "/jiki-ops/slack-token"
ALARM = "alerts/alarm_metric"
FAILED = "an early call failed"


def test_an_alert_needs_no_token_that_was_read_before_it(
    with_slack: Alerts,
    slack: SlackStandIn,
    event: Callable[[str], Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    wiring.prepare()
    assert not [one for one in caplog.records if one.message == FAILED]
    with_slack.aws.client("ssm").delete_parameter(Name=TOKEN)
    with_slack.send(event(ALARM))
    assert len(slack.messages) == 1


def test_a_token_that_is_put_there_after_the_init_phase_is_read_by_the_first_alert(
    with_slack: Alerts, slack: SlackStandIn, event: Callable[[str], Any]
) -> None:
    with_slack.aws.client("ssm").delete_parameter(Name=TOKEN)
    wiring.prepare()
    with_slack.aws.client("ssm").put_parameter(Name=TOKEN, Value=slack.token, Type="SecureString")
    with_slack.send(event(ALARM))
    assert len(slack.messages) == 1
