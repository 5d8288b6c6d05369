"""answer_slack among the stand-ins, as the template configures it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from answer_slack import wiring
from answer_slack.app import handler
from local.lambda_endpoint import Context
from local.moto_aws import MotoAws
from local.slack import SlackStandIn
from local.slack.requests import ANA, APP, BEN, SIGNING_SECRET, TEAM, function_url_event, signed

SECRET_NAME, TOKEN_NAME = "/jiki-ops/slack-signing-secret", "/jiki-ops/slack-token"

type Post = Callable[[str], dict[str, Any]]


@pytest.fixture(autouse=True)
def answering(aws: MotoAws, slack: SlackStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's app is configured, ana and ben may act."""
    for cached in (wiring._parameters, wiring._secrets, wiring._slack_groups, wiring._reply):
        cached.cache_clear()
    store = aws.client("ssm")
    store.put_parameter(Name=SECRET_NAME, Value=SIGNING_SECRET, Type="SecureString")
    store.put_parameter(Name=TOKEN_NAME, Value=slack.token, Type="SecureString")
    monkeypatch.setenv("SLACK_SIGNING_SECRET_PARAMETER", SECRET_NAME)
    monkeypatch.setenv("SLACK_TOKEN_PARAMETER", TOKEN_NAME)
    monkeypatch.setenv("SLACK_APP", f"{TEAM}/{APP}")
    monkeypatch.setenv("SLACK_OPERATORS", f"{ANA.id},{BEN.id}")


@pytest.fixture
def post(lambda_context: Context) -> Post:
    """Posts a body as Slack does, now; what Slack gets."""

    def send(body: str) -> dict[str, Any]:
        event = function_url_event(body, signed(body, datetime.now(UTC)))
        return handler(event, lambda_context)

    return send
