"""What the function reads before its first request; Slack waits three seconds for an answer."""

from datetime import UTC, datetime

import pytest

from answer_slack import wiring
from local.account import WORKER_SERVICE
from local.moto_aws import OPS_TABLE, MotoAws
from local.slack import SlackStandIn
from local.slack.requests import BEN, command
from ops_common.scaling_hold import Holds
from tests.integration.answer_slack.conftest import SECRET_NAME, TOKEN_NAME, Post

FAILED = "an early call failed"
HOLD = command("hold 3 2h", BEN)


def held(aws: MotoAws) -> bool:
    """Whether the workers are."""
    holds = Holds(aws.client("dynamodb"), OPS_TABLE)
    return holds.get(WORKER_SERVICE, datetime.now(UTC)) is not None


def test_a_request_needs_no_secret_and_no_group_that_were_read_before_it(
    aws: MotoAws,
    slack: SlackStandIn,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("SLACK_OPERATORS", "S0OPERATORS")
    slack.workspace.user_groups["S0OPERATORS"] = [BEN.id]
    wiring.prepare()
    assert not [one for one in caplog.records if one.message == FAILED]
    aws.client("ssm").delete_parameters(Names=[SECRET_NAME, TOKEN_NAME])
    slack.workspace.user_groups["S0OPERATORS"] = []
    assert post(HOLD)["statusCode"] == 200
    assert held(aws)


def test_a_secret_that_is_put_there_after_the_init_phase_is_read_by_the_first_request(
    aws: MotoAws, post: Post
) -> None:
    store = aws.client("ssm")
    secret = store.get_parameter(Name=SECRET_NAME, WithDecryption=True)["Parameter"]["Value"]
    store.delete_parameter(Name=SECRET_NAME)
    wiring.prepare()
    store.put_parameter(Name=SECRET_NAME, Value=secret, Type="SecureString")
    assert post(HOLD)["statusCode"] == 200
    assert held(aws)
