"""What a silenced alarm tells, and what it tells afterwards."""

from copy import replace

from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import Channels
from send_alerts.incident.hold import waits
from send_alerts.incident.incident import Incident
from send_alerts.reading.notice import Hold
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, minute, ok


def silenced(until: float) -> AlertWorld:
    world = AlertWorld()
    world.background.silences["web-5xx"] = minute(until)
    return world


def test_nothing_is_sent_while_an_alarm_is_silenced() -> None:
    world = silenced(until=30)
    world.notify(alarm(0), at=0)
    world.notify(ok(10), at=10)
    world.let_time_pass(until=600)
    assert not world.threads.messages
    assert not world.topic.published


def test_an_incident_that_outlasts_the_silence_is_sent_then() -> None:
    world = silenced(until=30)
    world.notify(alarm(0), at=0)
    world.let_time_pass(until=31)
    (root,) = world.threads.roots
    assert root.text == ":red_circle: *Critical: web-5xx*"
    assert world.topic.subjects == ["[CRITICAL] web-5xx"]


def test_an_end_that_was_sent_is_not_sent_again_when_a_silence_is_over() -> None:
    over = Incident("alarm:web-5xx")
    for event in (alarm(0), ok(5)):
        over = advance(over, event, event.occurred_at, Channels(slack=True, threads=True))
    for announced, unsaid in ((minute(0), True), (minute(5), False)):
        held = replace(over, hold=Hold(minute(60), "ana"), announced_for=announced)
        assert waits(held) is unsaid


def test_a_silence_that_was_made_longer_holds() -> None:
    world = silenced(until=30)
    world.notify(alarm(0), at=0)
    world.background.silences["web-5xx"] = minute(90)
    world.let_time_pass(until=60)
    assert not world.topic.published
    world.let_time_pass(until=91)
    assert world.topic.subjects == ["[CRITICAL] web-5xx"]


def test_a_new_incident_after_a_silence_is_sent_as_any_other() -> None:
    world = silenced(until=30)
    world.notify(alarm(0), at=0)
    world.notify(ok(10), at=10)
    world.notify(alarm(60), at=60)
    world.let_time_pass(until=120)
    assert world.topic.subjects == ["[CRITICAL] web-5xx"]


def test_an_incident_sent_before_the_silence_still_turns_green_in_slack() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.background.silences["web-5xx"] = minute(30)
    world.notify(ok(10), at=10)
    (root,) = world.threads.messages
    assert root.edits == [":large_green_circle: *Resolved: web-5xx*"]
    assert len(world.topic.published) == 1


def test_aws_s_mute_and_a_person_s_silence_last_as_long_as_the_longer_one() -> None:
    for silence, mute, announced_at in ((30, 90, 90), (90, 30, 90)):
        world = silenced(until=silence)
        world.notify(alarm(0, hold=Hold(minute(mute), "AWS's mute rule")), at=0)
        world.let_time_pass(until=announced_at - 1)
        assert not world.topic.published
        world.let_time_pass(until=announced_at + 1)
        assert len(world.topic.published) == 1


def test_a_mute_without_an_end_outlasts_a_silence() -> None:
    world = silenced(until=30)
    world.notify(alarm(0, hold=Hold(None, "its suppressor")), at=0)
    world.let_time_pass(until=600)
    assert not world.topic.published


def test_the_end_of_what_was_announced_is_sent_when_the_silence_ends() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.background.silences["web-5xx"] = minute(30)
    world.notify(ok(10), at=10)
    world.let_time_pass(until=29)
    assert world.topic.subjects == ["[CRITICAL] web-5xx"]
    world.let_time_pass(until=31)
    assert world.topic.subjects[1:] == ["[RESOLVED] web-5xx"]
    (root,) = world.threads.roots
    assert "Over at 25 Nov 12:10:00 UTC, after 10 min" in world.threads.thread(root)[-1]
    world.let_time_pass(until=600)
    assert len(world.topic.subjects) == 2


def test_an_end_in_aws_s_mute_is_sent_when_that_ends_and_at_once_where_nobody_says_when() -> None:
    for until, sent_at in ((60, 60), (None, 20)):
        world = AlertWorld()
        world.notify(alarm(0), at=0)
        hold = Hold(minute(until) if until else None, "AWS's mute rule")
        world.notify(ok(9, hold=hold), at=9)
        world.let_time_pass(until=sent_at - 2)
        assert len(world.topic.subjects) == 1
        world.let_time_pass(until=sent_at + 1)
        assert world.topic.subjects[1:] == ["[RESOLVED] web-5xx"]


def test_what_comes_back_before_the_silence_ends_has_no_end_yet() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.background.silences["web-5xx"] = minute(30)
    world.notify(ok(10), at=10)
    world.notify(alarm(15), at=15)
    world.let_time_pass(until=40)
    assert "[RESOLVED] web-5xx" not in world.topic.subjects
    world.notify(ok(41), at=41)
    world.let_time_pass(until=60)
    assert world.topic.subjects[-1] == "[RESOLVED] web-5xx"


def test_what_flaps_in_a_silence_ends_once() -> None:
    world = AlertWorld()
    for at in (0, 2, 4, 6):
        world.notify((ok if at % 4 else alarm)(at), at=at)
    world.background.silences["web-5xx"] = minute(60)
    for at in (8, 10, 12, 14):
        world.notify((ok if at % 4 else alarm)(at), at=at)
    world.let_time_pass(until=100)
    assert world.topic.subjects == [
        "[CRITICAL] web-5xx",
        "[FLAPPING] web-5xx",
        "[RESOLVED] web-5xx",
    ]
