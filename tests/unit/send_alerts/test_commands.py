"""Where no button is at hand, a message names the commands for a terminal."""

import re
import shlex

import pytest

from ops_common.on_call.commands import Wish, parse
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.summaries import reference
from paths import ROOT
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.notice import Signal
from send_alerts.words.content import commands
from send_alerts.words.slack_blocks import alone, root
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, minute, notice, ok

KEY = "alarm:web-5xx"
REF = reference(KEY)


@pytest.fixture
def world() -> AlertWorld:
    """An alarm of staging that went off at noon; nobody hears a button."""
    world = AlertWorld()
    world.notify(alarm(0, environment="staging"), at=0)
    return world


def test_each_is_a_target_of_make_with_the_words_of_ops(world: AlertWorld) -> None:
    makefile = (ROOT / "Makefile").read_text()
    found = []
    for command in commands(world.incident()):
        make, verb, *given = shlex.split(command)
        values = dict(one.split("=", 1) for one in given)
        assert make == "make"
        assert re.search(rf"^{verb}:.*\bsetup\b", makefile, re.MULTILINE)
        assert values.pop("ENVIRONMENT") == "staging"
        order = ("INCIDENT", "NAME", "FOR", "WHY")
        wish = parse([verb, *(values[name] for name in order if name in values)], minute(1))
        assert isinstance(wish, Wish)
        found.append((wish.action, wish.incident or wish.name))
    assert found == [
        (Action.ACKNOWLEDGE, REF),
        (Action.SILENCE, f"@{REF}"),
        (Action.CLOSE, REF),
    ]


def test_the_mail_and_the_root_message_name_them(world: AlertWorld) -> None:
    (acknowledge, *_) = commands(world.incident())
    assert acknowledge in world.topic.published[0][1]
    assert acknowledge in str(world.threads.roots[0].content)


def test_slack_makes_nothing_else_of_what_is_to_be_typed(world: AlertWorld) -> None:
    row = root(world.incident()).payload["attachments"][0]["blocks"][1]
    assert "make ack" in row["elements"][0]["text"]
    assert [element["verbatim"] for element in row["elements"]] == [True]


def test_a_webhook_s_messages_name_them_while_it_lasts(world: AlertWorld) -> None:
    (acknowledge, *_) = commands(world.incident())
    reminder = OutboxEntry("1", Channel.SLACK, EntryKind.REMINDER, minute(240))
    assert acknowledge in str(alone(world.incident(), reminder).payload)
    over = reminder._replace(kind=EntryKind.RESOLVED)
    assert "make " not in str(alone(world.incident(), over).payload)


def test_what_is_done_or_over_is_not_offered(world: AlertWorld) -> None:
    world.act(OperatorAction(Action.ACKNOWLEDGE, "ana", "terminal", minute(1), incident=KEY))
    assert not any("make ack" in command for command in commands(world.incident()))
    world.notify(ok(5), at=5)
    world.let_time_pass(until=15)
    assert commands(world.incident()) == ()
    world.let_time_pass(until=15)
    assert world.topic.subjects[-1].startswith("[RESOLVED]")
    assert "make " not in world.topic.published[-1][1]


def test_a_note_has_nothing_to_act_on() -> None:
    world = AlertWorld()
    world.notify(notice(Signal.NOTE, 0), at=0)
    assert "make " not in world.topic.published[0][1]


def test_where_there_are_buttons_the_root_message_names_no_command() -> None:
    world = AlertWorld()
    world.offers = ("ack",)
    world.notify(alarm(0), at=0)
    assert "make ack" not in str(world.threads.roots[0].content)
