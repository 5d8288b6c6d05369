"""Where a story goes, and what programs know a notification by."""

import pytest

from ops_common.alert_routes import parse_routes
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.summaries import reference
from ops_common.ops_events import Severity
from send_alerts.reading.notice import Part
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, minute, ok
from tests.unit.send_alerts.parsing import Event, parsed

KEY = "alarm:web-5xx"
ROUTES = "severity=critical -> C0CRITICAL @here; team=payments -> C0PAYMENTS"
WARNING = {
    "severity": Severity.WARNING,
    "tags": (("team", "payments"),),
    "facts": (("Resource", "web"),),
}


@pytest.fixture
def world() -> AlertWorld:
    world = AlertWorld()
    world.routes = parse_routes(ROUTES)
    return world


def channels(world: AlertWorld) -> list[str]:
    return [message.channel for message in world.threads.messages]


def test_a_story_goes_where_the_first_rule_sends_it_and_calls_there(world: AlertWorld) -> None:
    world.notify(alarm(0), at=0)
    assert channels(world) == ["C0CRITICAL"]
    assert world.threads.messages[0].text.endswith("<!here>")
    # Its thread stays where it is, and its end calls nobody.
    world.notify(ok(5), at=5)
    assert channels(world) == ["C0CRITICAL"] * 2
    assert "<!here>" not in world.threads.messages[0].edits[-1]


def test_a_tag_is_a_label(world: AlertWorld) -> None:
    world.notify(alarm(0, **WARNING), at=0)
    assert channels(world) == ["C0PAYMENTS"]


def test_each_of_many_tags_is_a_label_and_so_is_the_description_s_team(event: Event) -> None:
    # GIVEN an alarm with more tags than a message shows, and one whose description names the team
    tagged, described = event("alerts/alarm_metric"), event("alerts/alarm_metric")
    tags = {f"tag{number}": "x" for number in range(8)} | {"team": "payments"}
    tagged["detail"]["alarmTags"] = tags
    described["detail"]["configuration"]["description"] = "Slow.\nteam: payments\nseverity: info"
    for one in (tagged, described):
        (found,) = parsed(one)
        assert dict(found.tags)["team"] == "payments"
        world = AlertWorld()
        world.routes = parse_routes("team=payments -> C0PAYMENTS")
        world.notify(found, at=0)
        assert channels(world) == ["C0PAYMENTS"]
        assert world.topic.labels[0]["team"] == "payments"
    # The line is for this function, and not for readers.
    assert "team:" not in dict(found.facts)["About"]


def test_what_no_rule_names_goes_to_the_stack_s_own_channel(world: AlertWorld) -> None:
    world.notify(alarm(0, severity=Severity.WARNING), at=0)
    assert channels(world) == ["C0ALERTS"]


def test_a_story_that_grows_worse_is_sent_where_the_worse_ones_go_too(world: AlertWorld) -> None:
    # GIVEN a warning in a team's channel
    world.notify(alarm(0, part=Part.TASKS, ref="1", **WARNING), at=0)
    # WHEN it becomes critical
    worse = alarm(3, part=Part.PROBE, severity=Severity.CRITICAL, was=None)
    world.notify(worse, at=3)
    # THEN its thread has a line, and the channel of the critical ones a message
    lines = [(one.channel, bool(one.thread_ts)) for one in world.threads.messages]
    assert sorted(lines) == [
        ("C0CRITICAL", False),
        ("C0PAYMENTS", False),
        ("C0PAYMENTS", True),
    ]


def test_a_notification_carries_what_filters_ask_for(world: AlertWorld) -> None:
    world.notify(alarm(0, **WARNING), at=0)
    world.act(OperatorAction(Action.ACKNOWLEDGE, "ana", "slack", minute(1), incident=KEY))
    world.notify(ok(5), at=5)
    world.let_time_pass(until=15)
    assert [one["state"] for one in world.topic.labels] == ["opened", "acknowledged", "resolved"]
    first = world.topic.labels[0]
    assert first == {
        "severity": "warning",
        "state": "opened",
        "incident": reference(KEY),
        "stack": "jiki-ops",
        "team": "payments",
        "resource": "web",
        "delivery": first["delivery"],
    }


def test_a_text_message_fits_a_telephone(world: AlertWorld) -> None:
    world.notify(alarm(0, title="x" * 500), at=0)
    (text,) = world.topic.texts
    assert text.startswith("Opened: xxx")
    assert len(text) <= 140
