"""What people do to an incident from where they read it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.slack.app import pressable
from ops_common.on_call.commands import Wish, parse, split
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.summaries import from_text, reference
from send_alerts.incident.incident import ACKNOWLEDGED_FOR, Incident
from send_alerts.reading.notice import Part
from send_alerts.words.content import summary_of
from tests.unit.send_alerts.alert_fakes import Shown
from tests.unit.send_alerts.alert_world import (
    AlertWorld,
    alarm,
    minute,
    ok,
)
from tests.unit.send_alerts.parsing import parsed

KEY = "alarm:web-5xx"
OFFERS = ("ack", "silence", "close", "probe", "hold", "rollback")


@pytest.fixture
def world() -> AlertWorld:
    """An alarm that went off at noon."""
    world = AlertWorld()
    world.offers = OFFERS
    world.notify(alarm(0), at=0)
    return world


def action(kind: Action, at: float, **changes: Any) -> OperatorAction:
    values = {"incident": KEY, "by": "ana (U0ANA)", "via": "slack"} | changes
    return OperatorAction(action=kind, at=minute(at), **values)


def lines_of_ops(root: Shown) -> list[str]:
    return [value for _, value in pressable(root.content)]


def fields_of(root: Shown) -> str:
    return str(root.content)


def test_an_acknowledgement_is_said_in_the_root_message_and_in_the_thread(
    world: AlertWorld,
) -> None:
    world.act(action(Action.ACKNOWLEDGE, 5))
    (root,) = world.threads.roots
    assert "ana (U0ANA)" in fields_of(root)
    (line,) = world.threads.thread(root)
    assert "Acknowledged by ana (U0ANA)" in line
    # It can't be acknowledged twice.
    assert not any(value.startswith("ack") for value in lines_of_ops(root))


def test_reminders_pause_while_it_is_acknowledged_and_begin_again(world: AlertWorld) -> None:
    world.act(action(Action.ACKNOWLEDGE, 5))
    sent = len(world.topic.published)
    pause = ACKNOWLEDGED_FOR.total_seconds() / 60
    world.let_time_pass(4 + pause)
    assert len(world.topic.published) == sent
    world.let_time_pass(6 + pause)
    assert "Not over yet" in world.threads.messages[-1].text
    # It has run out: whoever is on it says so anew.
    assert world.incident().acknowledged is None
    assert any(value.startswith("ack") for value in lines_of_ops(world.threads.roots[0]))


def test_a_new_outage_needs_a_new_acknowledgement(world: AlertWorld) -> None:
    world.act(action(Action.ACKNOWLEDGE, 5))
    world.notify(ok(10), at=10)
    assert world.incident().acknowledged is None
    world.notify(alarm(60), at=60)
    assert world.incident().acknowledged is None


def test_a_close_ends_it_for_everybody_with_who_and_why(world: AlertWorld) -> None:
    world.act(action(Action.CLOSE, 5, why="the alarm was renamed"))
    episode = world.incident().history.current
    assert episode
    assert episode.closed_at == minute(5)
    subject, text, _ = world.topic.published[-1]
    assert subject.startswith("[RESOLVED]")
    assert "Closed by ana (U0ANA): the alarm was renamed" in text
    (root,) = world.threads.roots
    assert lines_of_ops(root) == []
    # The same alarm, should it go off again, is told again.
    world.notify(alarm(60), at=60)
    assert len(world.threads.roots) == 2


def test_a_silence_keeps_this_incident_and_the_next_quiet_until_its_end(world: AlertWorld) -> None:
    until = minute(60)
    world.act(action(Action.SILENCE, 5, name="web-5xx", until=until))
    assert world.background.silences == {"web-5xx": until}
    sent = len(world.topic.published)
    (root,) = world.threads.roots
    assert "Silenced until" in fields_of(root)
    world.notify(ok(10), at=10)
    world.notify(alarm(30), at=30)
    assert len(world.topic.published) == sent
    # It has outlasted the silence.
    world.let_time_pass(61)
    assert len(world.topic.published) == sent + 1


def test_a_silence_by_its_name_alone_keeps_reminders_quiet(world: AlertWorld) -> None:
    world.act(action(Action.SILENCE, 5, incident="", name="web-5xx", until=minute(600)))
    sent = len(world.topic.published)
    world.let_time_pass(599)
    assert len(world.topic.published) == sent


def test_the_end_of_a_silence_is_sent_and_the_incident_with_it(world: AlertWorld) -> None:
    world.act(action(Action.SILENCE, 5, name="web-5xx", until=minute(600)))
    world.act(action(Action.UNSILENCE, 10, name="web-5xx"))
    assert world.background.silences == {}
    assert world.incident().hold is None


def test_a_close_of_what_is_silenced_shows(world: AlertWorld) -> None:
    world.act(action(Action.SILENCE, 5, name="web-5xx", until=minute(600)))
    world.act(action(Action.CLOSE, 6, why="fixed"))
    (root,) = world.threads.roots
    assert root.edits[-1].startswith(":large_green_circle:")


@pytest.mark.parametrize("kind", [Action.ACKNOWLEDGE, Action.CLOSE, Action.SILENCE, Action.HOLD])
def test_an_action_that_arrives_twice_is_done_once(world: AlertWorld, kind: Action) -> None:
    once = action(kind, 5, why="w", name="web-5xx", until=minute(60))
    world.act(once)
    messages, mails = len(world.threads.messages), len(world.topic.published)
    world.act(once)
    assert (len(world.threads.messages), len(world.topic.published)) == (messages, mails)


def test_an_action_on_what_nobody_knows_does_nothing(world: AlertWorld) -> None:
    world.act(action(Action.CLOSE, 5, incident="alarm:unknown", why="w"))
    assert len(world.threads.messages) == 1


def test_an_action_without_an_incident_is_remembered_as_a_change(world: AlertWorld) -> None:
    hold = action(Action.HOLD, 5, incident="", service="worker", tasks=3, until=minute(60))
    world.act(hold)
    assert [title for _, title in world.background.changes] == [hold.title]


def test_every_button_carries_words_that_ops_knows(world: AlertWorld) -> None:
    (root,) = world.threads.roots
    values = lines_of_ops(root)
    wishes = [parse(split(value), minute(1)) for value in values]
    kinds = {wish.action for wish in wishes if isinstance(wish, Wish)}
    assert kinds == {Action.ACKNOWLEDGE, Action.SILENCE, Action.CLOSE}
    # As many characters as Slack takes in an option's value.
    assert all(len(value) <= 150 and reference(KEY) in value for value in values)


def test_without_a_function_that_takes_it_no_message_has_a_button() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    assert lines_of_ops(world.threads.roots[0]) == []


@pytest.mark.parametrize("rolls_back", [True, False])
def test_a_failed_probe_can_be_run_again_or_rolled_back_where_that_is_allowed(
    rolls_back: bool,
) -> None:
    world = AlertWorld()
    world.offers = OFFERS if rolls_back else OFFERS[:-1]
    world.notify(alarm(0, part=Part.PROBE, facts=(("service", "web two"),)), at=0)
    values = lines_of_ops(world.threads.roots[0])
    verbs = {split(value)[0] for value in values}
    assert ("rollback" in verbs) is rolls_back
    probe = next(value for value in values if value.startswith("probe"))
    assert parse(split(probe), minute(1)) == Wish(
        Action.PROBE, service="web two", incident=reference(KEY)
    )


@pytest.mark.parametrize(("name", "tasks"), [("own_scaler_at_limit", 9), ("own_scaler_blind", 3)])
def test_a_scaler_that_can_t_give_enough_can_be_held_at_a_number(
    name: str, tasks: int, event: Callable[[str], Any]
) -> None:
    world = AlertWorld()
    world.offers = OFFERS
    (limit,) = parsed(event(f"alerts/{name}"))
    world.notify(limit, at=0)
    assert any(
        value.startswith(f"hold {tasks} 1h jiki-api-solid-queue")
        for value in lines_of_ops(world.threads.roots[0])
    )


def test_the_summary_is_what_a_list_needs(world: AlertWorld) -> None:
    world.act(action(Action.ACKNOWLEDGE, 5))
    found = summary_of(world.incident())
    assert found
    assert found.closed_at is None
    assert (found.title, found.name, found.severity) == ("web-5xx", "web-5xx", "critical")
    assert (found.acknowledged_by, found.acknowledged_at) == ("ana (U0ANA)", minute(5))
    assert found.opened_at == minute(0)
    assert summary_of(Incident("note:1")) is None
    assert from_text(world.items.read(f"incident#{KEY}").summary) == found
    world.act(action(Action.SILENCE, 6, name="web-5xx", until=minute(60)))
    silenced = summary_of(world.incident())
    assert silenced
    assert silenced.silenced_until == minute(0) + timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "alike"), [("web-5xx", True), ("deadlocks", False), ("[prod] deadlocks", False)]
)
def test_alarms_named_alike_are_silenced_together_where_the_name_has_a_last_word(
    name: str, alike: bool
) -> None:
    world = AlertWorld()
    world.offers = OFFERS
    world.notify(alarm(0, name=name), at=0)
    values = lines_of_ops(world.threads.roots[0])
    assert f"silence @{reference(KEY)} 1h" in values
    assert (f"silence @{reference(KEY)}* 1h" in values) is alike
    assert (f"silence @{reference(KEY)}* tomorrow" in values) is alike
