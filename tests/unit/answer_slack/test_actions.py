"""What operators may do, and what becomes of it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from answer_slack.operators import NotKnown
from local.slack.requests import ANA, BEN, EVE, click, command
from ops_common.on_call.board import Board
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.summaries import Part, PartSummary
from ops_common.scaling_hold import Hold
from tests.unit.answer_slack.slack_world import (
    BRACKETS,
    NOW,
    OVER,
    WEB_ERRORS,
    FakeGroups,
    SlackWorld,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> SlackWorld:
    return SlackWorld()


def only(world: SlackWorld) -> OperatorAction:
    (action,) = world.actions
    return action


def test_a_click_acknowledges_and_the_thread_says_so_not_the_answer(world: SlackWorld) -> None:
    button = {"type": "button", "action_id": "ops_ack", "value": f"ack {WEB_ERRORS.reference}"}
    assert world.post(click(button)).body == ""
    action = only(world)
    assert (action.action, action.incident) == (Action.ACKNOWLEDGE, WEB_ERRORS.key)
    assert (action.by, action.via, action.at) == ("ana (U0ANA)", "slack", NOW)
    assert not world.replies


def test_a_menu_s_choice_is_the_same_words(world: SlackWorld) -> None:
    value = f"silence @{WEB_ERRORS.reference}* tomorrow"
    menu = {"type": "static_select", "action_id": "ops_silence", "options": [{"value": value}]}
    world.post(click(menu, value=value))
    action = only(world)
    assert (action.action, action.name) == (Action.SILENCE, "jiki-ops-web-*")
    # Nine in the morning where the team is.
    assert action.until == datetime(2026, 11, 29, 8, 0, tzinfo=UTC)


def test_the_words_name_an_incident_by_reference_key_or_name(world: SlackWorld) -> None:
    for words in (WEB_ERRORS.reference, WEB_ERRORS.key, WEB_ERRORS.name):
        world.post(command(f"close {words} fixed by a restart", trigger_id=words))
    assert {action.incident for action in world.actions} == {WEB_ERRORS.key}
    assert {action.why for action in world.actions} == {"fixed by a restart"}


def test_a_silence_of_an_incident_means_its_very_name(world: SlackWorld) -> None:
    world.post(command(f"silence @{BRACKETS.reference} 1h"))
    assert only(world).name == "errors [[]eu]"
    assert only(world).until == NOW + HOUR


def test_what_slack_escapes_is_read_as_it_was_typed(world: SlackWorld) -> None:
    world.post(command("silence &lt;r&amp;d&gt;-* 1h"))
    assert only(world).name == "<r&d>-*"


def test_a_name_with_blanks_can_be_quoted(world: SlackWorld) -> None:
    world.post(command("silence “errors two” 30m"))
    assert only(world).name == "errors two"


@pytest.mark.parametrize(
    "text",
    [
        "ack nobody",
        f"close {OVER.reference} twice",
        "close 0 x",
        "ack",
        f"close {WEB_ERRORS.reference}",
        "silence * 1h",
        "silence web-* 31d",
        "silence web-* -1h",
        "silence web-* yesterday",
        'silence "web 1h',
        "hold",
        "hold -1",
        "hold ten",
        "hold 1001",
        "hold 2 1h nowhere",
        "rollback nowhere",
        "rollback",
        "probe nowhere",
        "rotate 123456",
        "drop everything",
        "status now",
        "x" * 400,
    ],
)
def test_words_that_ask_for_nothing_that_can_be_are_declined(world: SlackWorld, text: str) -> None:
    answer = world.post(command(text))
    assert json.loads(answer.body)["response_type"] == "ephemeral"
    assert answer.outcome.startswith("declined")
    assert not world.events
    assert not world.holds.held


def test_whoever_is_no_operator_may_read_but_not_act(world: SlackWorld) -> None:
    assert WEB_ERRORS.reference in world.told(command("status", EVE))
    button = {"type": "button", "action_id": "ops_ack", "value": f"ack {WEB_ERRORS.reference}"}
    answer = world.post(click(button, EVE))
    assert (answer.body, answer.outcome) == ("", "declined: only operators may do this")
    # A click is answered at its own address.
    ((address, reply),) = world.replies
    assert address.startswith("https://hooks.slack.com/")
    assert reply["response_type"] == "ephemeral"
    assert not reply["replace_original"]
    assert not world.events


def test_without_operators_nobody_may_act(world: SlackWorld) -> None:
    world.operators = ()
    world.post(command(f"ack {WEB_ERRORS.reference}"))
    assert not world.events


def test_members_of_a_user_group_may_act(world: SlackWorld) -> None:
    world.operators, world.groups = ("S0OPS",), FakeGroups({"S0OPS": (BEN.id,)})
    world.post(command(f"ack {WEB_ERRORS.reference}", BEN))
    assert len(world.events) == 1
    world.post(command(f"ack {WEB_ERRORS.reference}", EVE))
    # A group's own id is nobody's.
    world.post(command("ack x", ANA, user_id="S0OPS"))
    assert len(world.events) == 1


def test_nobody_acts_while_slack_does_not_say_who_is_in_a_group(world: SlackWorld) -> None:
    class Silent:
        def members(self, group: str) -> tuple[str, ...]:
            raise NotKnown("Slack does not say")

    world.operators, world.groups = ("S0OPS",), Silent()
    assert world.post(command("probe", BEN)).outcome == "declined: Slack does not say"
    assert not world.events


def test_a_hold_is_kept_and_confirmed(world: SlackWorld) -> None:
    world.post(command("hold 4"))
    hold = Hold("worker", 4, NOW + HOUR, "ana (U0ANA)")
    assert world.holds.held == {"worker": hold}
    assert (only(world).action, only(world).tasks, only(world).service) == (
        Action.HOLD,
        4,
        "worker",
    )
    world.post(command("release"))
    assert world.holds.held == {}


def test_a_rollback_is_asked_for_only_where_the_stack_rolls_back(world: SlackWorld) -> None:
    world.post(command("rollback web"))
    assert (only(world).action, only(world).service) == (Action.ROLL_BACK, "web")
    world.rolls_back = False
    world.post(command("rollback worker"))
    assert len(world.events) == 1


def test_a_rotation_wants_a_second_person(world: SlackWorld) -> None:
    # GIVEN somebody who wants to rotate
    asked = json.loads(world.post(command("rotate")).body)
    assert asked["response_type"] == "in_channel"
    assert world.confirmations.waiting
    code = world.confirmations.waiting.code
    assert code in asked["text"]
    assert not world.events
    # WHEN they confirm it themselves, or somebody who is no operator does
    world.post(command(f"rotate {code}", trigger_id="2"))
    world.post(command(f"rotate {code}", EVE))
    assert not world.events
    # THEN nothing is rotated until another operator confirms it, once
    world.post(command(f"rotate {code}", BEN))
    assert (only(world).action, only(world).by) == (Action.ROTATE, "ben (U0BEN)")
    world.post(command(f"rotate {code}", BEN, trigger_id="2"))
    assert len(world.events) == 1


def test_a_confirmation_that_comes_late_rotates_nothing(world: SlackWorld) -> None:
    world.post(command("rotate"))
    world.now += timedelta(minutes=11)
    world.post(command("rotate c0ffee", BEN))
    assert not world.events


def test_why_shows_the_scaler_s_last_reasons(world: SlackWorld) -> None:
    ticks = PartSummary(Part.SCALING, "worker", NOW, "3 tasks: two would be late", ())
    world.board = Board(parts=(ticks.after(None),))
    assert "3 tasks: two would be late" in world.told(command("why", EVE))


def test_names_of_people_and_alarms_are_no_marks_of_slack(world: SlackWorld) -> None:
    told = world.told(command("ack <!channel>&"))
    assert "<!channel>" not in told
    assert "&lt;!channel&gt;&amp;" in told
