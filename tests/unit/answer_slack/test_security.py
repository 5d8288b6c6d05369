"""Whatever doesn't come from Slack, now, once and for this app, changes nothing."""

import base64
import logging
import time
from datetime import timedelta

import pytest

from answer_slack.refusal import Refusal, Refused
from answer_slack.repeats import MOST_A_MINUTE
from answer_slack.signed_request import MOST_BYTES, receive
from local.slack.requests import (
    APP,
    EVE,
    SIGNING_SECRET,
    TEAM,
    Person,
    click,
    command,
    function_url_event,
    signed,
)
from tests.unit.answer_slack.slack_world import NOW, WEB_ERRORS, SlackWorld

ACKNOWLEDGE = {"type": "button", "action_id": "ops_ack", "value": f"ack {WEB_ERRORS.reference}"}
BODY = command(f"ack {WEB_ERRORS.reference}")


@pytest.fixture
def world() -> SlackWorld:
    return SlackWorld()


def test_a_signed_request_is_answered_once(world: SlackWorld) -> None:
    # GIVEN a request that Slack signs
    event = function_url_event(BODY, signed(BODY, NOW))
    # WHEN it comes, and comes again
    world.receive(event)
    assert world.refusal(event) is Refusal.REPLAYED
    # THEN it was handed over once
    assert [action.incident for action in world.actions] == [WEB_ERRORS.key]


def test_a_replay_within_the_window_is_refused_in_another_minute_too(world: SlackWorld) -> None:
    event = function_url_event(BODY, signed(BODY, NOW))
    world.receive(event)
    world.now = NOW + timedelta(minutes=4)
    assert world.refusal(event) is Refusal.REPLAYED


@pytest.mark.parametrize("minutes", [-5.1, 5.1, 60 * 24 * 365])
def test_a_request_signed_at_another_time_is_late(world: SlackWorld, minutes: float) -> None:
    event = function_url_event(BODY, signed(BODY, NOW + timedelta(minutes=minutes)))
    assert world.refusal(event) is Refusal.LATE
    assert world.untouched


@pytest.mark.parametrize("minutes", [-4.9, 4.9])
def test_clocks_may_differ_by_less_than_five_minutes(world: SlackWorld, minutes: float) -> None:
    world.receive(function_url_event(BODY, signed(BODY, NOW + timedelta(minutes=minutes))))
    assert len(world.events) == 1


def test_another_secret_s_signature_is_forged(world: SlackWorld) -> None:
    headers = signed(BODY, NOW, "f" * 32)
    assert world.refusal(function_url_event(BODY, headers)) is Refusal.FORGED
    assert world.untouched


@pytest.mark.parametrize("signature", ["", "v0=", "v1=" + "0" * 64, "v0=" + "é" * 64, "v0" * 5000])
def test_a_signature_of_another_form_is_forged(world: SlackWorld, signature: str) -> None:
    headers = signed(BODY, NOW) | {"x-slack-signature": signature}
    assert world.refusal(function_url_event(BODY, headers)) is Refusal.FORGED
    assert world.untouched


@pytest.mark.parametrize(
    "timestamp", ["", "now", "1e9", " 1795890600", "-179589060", "١٧٩٥٨٩٠٦٠٠", "9" * 400]
)
def test_a_time_that_is_none_is_refused(world: SlackWorld, timestamp: str) -> None:
    headers = signed(BODY, NOW) | {"x-slack-request-timestamp": timestamp}
    assert world.refusal(function_url_event(BODY, headers)) is Refusal.UNSIGNED


@pytest.mark.parametrize("header", ["x-slack-signature", "x-slack-request-timestamp"])
def test_a_request_without_signature_is_refused(world: SlackWorld, header: str) -> None:
    headers = signed(BODY, NOW)
    del headers[header]
    assert world.refusal(function_url_event(BODY, headers)) is Refusal.UNSIGNED


def test_a_tampered_body_is_forged(world: SlackWorld) -> None:
    """A value, a user or a field that Slack didn't sign."""
    body = click(ACKNOWLEDGE, EVE)
    headers = signed(body, NOW)
    for was, becomes in ((EVE.id, "U0ANA"), (WEB_ERRORS.reference, "00000000"), ("ack", "close")):
        tampered = body.replace(was, becomes)
        assert tampered != body
        assert world.refusal(function_url_event(tampered, headers)) is Refusal.FORGED
    assert world.untouched


@pytest.mark.parametrize(
    ("field", "value"), [("team_id", "T0OTHER"), ("api_app_id", "A0OTHER"), ("team_id", "")]
)
def test_another_team_s_or_app_s_command_is_refused(
    world: SlackWorld, field: str, value: str
) -> None:
    body = command("status", **{field: value})
    assert world.refusal(function_url_event(body, signed(body, NOW))) is Refusal.WRONG_APP
    assert world.untouched


@pytest.mark.parametrize("changed", [{"team": {"id": "T0OTHER"}}, {"api_app_id": "A0OTHER"}])
def test_another_team_s_or_app_s_click_is_refused(
    world: SlackWorld, changed: dict[str, object]
) -> None:
    body = click(ACKNOWLEDGE, **changed)
    assert world.refusal(function_url_event(body, signed(body, NOW))) is Refusal.WRONG_APP


@pytest.mark.parametrize("encoded", [True, False])
def test_an_oversized_request_is_refused_unread(world: SlackWorld, encoded: bool) -> None:
    body = command("x" * MOST_BYTES * 2)
    event = function_url_event(body, signed(body, NOW))
    if not encoded:
        event |= {"body": body, "isBase64Encoded": False}
    assert world.refusal(event) is Refusal.TOO_LARGE
    assert world.untouched


@pytest.mark.parametrize(
    "changed",
    [
        {"body": None},
        {"body": 7},
        {"headers": None},
        {"body": "no base64!"},
        {"body": base64.b64encode(b"\xff\xfe").decode()},
        {},
    ],
)
def test_an_event_that_is_no_form_post_is_refused(
    world: SlackWorld, changed: dict[str, object]
) -> None:
    headers = signed(BODY, NOW) | ({} if changed else {"content-type": "application/json"})
    event = function_url_event(BODY, headers) | changed
    assert world.refusal(event) is Refusal.NOT_A_FORM


@pytest.mark.parametrize(
    "body",
    [
        "",
        "payload=",
        "payload=[]",
        "payload=%7B%22type%22%3A%22view_submission%22%7D",
        f"payload={'[' * 5000}",
        "command=%2Fother&team_id=T&api_app_id=A&user_id=U",
        "&".join(f"f{number}=1" for number in range(60)),
        click({**ACKNOWLEDGE, "action_id": "another"}),
        click(ACKNOWLEDGE, actions=[]),
        click({**ACKNOWLEDGE, "value": None}),
        click(ACKNOWLEDGE, user={"id": ["U0ANA"]}),
    ],
)
def test_what_slack_signs_and_never_sends_is_refused(world: SlackWorld, body: str) -> None:
    assert world.refusal(function_url_event(body, signed(body, NOW))) is Refusal.MALFORMED
    assert world.untouched


def test_one_person_can_t_do_more_than_so_many_things_a_minute(world: SlackWorld) -> None:
    def post(number: int) -> None:
        body = command("help", trigger_id=str(number))
        world.receive(function_url_event(body, signed(body, NOW)))

    for number in range(MOST_A_MINUTE):
        post(number)
    with pytest.raises(Refused) as caught:
        post(MOST_A_MINUTE)
    assert caught.value.refusal is Refusal.TOO_MANY
    # Another one isn't kept from acting.
    world.post(command("status", Person("U0BEN", "ben")))


def test_ten_thousand_forged_requests_are_refused_at_once(
    world: SlackWorld, caplog: pytest.LogCaptureFixture
) -> None:
    # GIVEN ten thousand requests that somebody signs with a guess
    body = click(ACKNOWLEDGE)
    headers = signed(body, NOW, "guess" * 7)
    event = function_url_event(body, headers)
    # WHEN they come
    began = time.process_time()
    with caplog.at_level(logging.DEBUG):
        refusals = [world.refusal(event) for _ in range(10_000)]
    seconds = time.process_time() - began
    # THEN each is refused, in a fraction of a millisecond, and nothing has changed
    assert set(refusals) == {Refusal.FORGED}
    assert seconds < 5
    assert world.untouched
    assert SIGNING_SECRET not in caplog.text


def test_a_refusal_holds_no_word_of_the_secret(world: SlackWorld) -> None:
    event = function_url_event(BODY, signed(BODY, NOW, "f" * 32))
    with pytest.raises(Refused) as caught:
        world.receive(event)
    assert SIGNING_SECRET not in repr(caught.value)
    assert receive(event).signature not in str(caught.value)


def test_slack_s_check_of_the_certificate_is_answered(world: SlackWorld) -> None:
    assert world.post("ssl_check=1&token=legacy").body == ""
    assert world.untouched


def test_the_stand_in_is_of_the_app_that_is_answered(world: SlackWorld) -> None:
    assert (world.settings.team, world.settings.app) == (TEAM, APP)
