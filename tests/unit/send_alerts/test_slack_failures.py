"""Slack's answers, told apart by what they mean for the message at hand."""

import socket
from http.client import RemoteDisconnected
from urllib.error import URLError

import pytest

from send_alerts.channels.slack_failures import (
    AFTER_SILENCE,
    MaybeSent,
    MessageGone,
    MessageRefused,
    NotSent,
    SlackBroken,
    ThreadClosed,
    of_answer,
    of_exception,
    of_webhook,
)

# What only a person can mend (Slack API reference, errors of chat.postMessage and "Incoming
# webhooks").
PERMANENT = (
    *("access_denied", "account_inactive", "as_user_not_supported", "channel_not_found"),
    *("deprecated_endpoint", "ekm_access_denied", "enterprise_is_restricted", "invalid_auth"),
    *("is_archived", "method_deprecated", "missing_scope", "no_permission", "not_authed"),
    *("not_allowed_token_type", "not_in_channel", "org_login_required", "restricted_action"),
    *("restricted_action_non_threadable_channel", "restricted_action_read_only_channel"),
    "restricted_action_thread_only_channel",
    *("team_access_not_granted", "team_added_to_org", "team_not_found", "token_expired"),
    *("token_revoked", "two_factor_setup_required"),
    *("action_prohibited", "channel_is_archived", "invalid_token", "no_service", "no_team"),
    *("posting_to_general_channel_denied", "team_disabled"),
)


@pytest.mark.parametrize("code", PERMANENT)
def test_what_only_a_person_can_fix_is_a_broken_slack(code: str) -> None:
    assert isinstance(of_answer(200, code, {}), SlackBroken)


@pytest.mark.parametrize(
    "code", ["invalid_blocks", "msg_too_long", "invalid_attachments", "no_text", "invalid_payload"]
)
def test_what_is_wrong_with_one_message_breaks_no_other(code: str) -> None:
    assert isinstance(of_answer(200, code, {}), MessageRefused)


@pytest.mark.parametrize("code", ["message_not_found", "thread_not_found", "cant_update_message"])
def test_a_deleted_message_is_gone(code: str) -> None:
    assert isinstance(of_answer(200, code, {}), MessageGone)


@pytest.mark.parametrize(
    "code", ["thread_locked", "cannot_reply_to_message", "restricted_action_thread_locked"]
)
def test_a_thread_that_takes_no_replies_is_no_broken_slack(code: str) -> None:
    assert isinstance(of_answer(200, code, {}), ThreadClosed)


def test_a_missing_scope_is_named() -> None:
    failure = of_answer(200, "missing_scope", {}, "needs channels:history")
    assert isinstance(failure, SlackBroken)
    assert "channels:history" in str(failure)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, "no_service"),
        (410, "channel_is_archived"),
        (403, "action_prohibited"),
        (404, "<!DOCTYPE html><html><body>There is nothing here.</body></html>"),
        (404, ""),
        (400, '{"ok":false,"error":"invalid_workflow_input"}'),
    ],
)
def test_a_webhook_s_4xx_is_an_answer(status: int, body: str) -> None:
    assert isinstance(of_webhook(status, body, {}), SlackBroken)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, "invalid_payload", MessageRefused),
        (429, "", NotSent),
        (408, "", MaybeSent),
        (503, "<html>", MaybeSent),
        (500, "", MaybeSent),
    ],
)
def test_other_answers_of_a_webhook_mean_what_they_do_of_the_api(
    status: int, body: str, kind: type[Exception]
) -> None:
    assert isinstance(of_webhook(status, body, {}), kind)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7), ({"retry-after": "90"}, 90), ({}, 30), ({"Retry-After": "x"}, 30)],
)
def test_a_limit_is_obeyed_for_as_long_as_slack_says(
    headers: dict[str, str], seconds: float
) -> None:
    for status, code in ((429, ""), (429, "ratelimited"), (200, "rate_limited")):
        failure = of_answer(status, code, headers)
        assert isinstance(failure, NotSent)
        assert failure.retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, ""),
        (503, "service_unavailable"),
        (200, "internal_error"),
        (200, "fatal_error"),
        (502, "<html>upstream connect error</html>"),
        (200, "a page of some proxy"),
    ],
)
def test_slack_s_own_trouble_may_have_posted(status: int, code: str) -> None:
    assert isinstance(of_answer(status, code, {}), MaybeSent)


@pytest.mark.parametrize(
    "error",
    [TimeoutError(), RemoteDisconnected(), ConnectionResetError(), URLError(TimeoutError())],
)
def test_a_call_without_an_answer_may_still_land(error: Exception) -> None:
    failure = of_exception(error)
    assert isinstance(failure, MaybeSent)
    assert failure.settle == AFTER_SILENCE


@pytest.mark.parametrize(
    "error", [URLError(ConnectionRefusedError()), URLError(socket.gaierror()), socket.gaierror()]
)
def test_no_connection_is_nothing_posted(error: Exception) -> None:
    assert isinstance(of_exception(error), NotSent)
