"""What a silenced alarm tells, and what it tells afterwards."""

from send_alerts.reading.notice import Hold
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, minute, ok


def silenced(until: float) -> AlertWorld:
    world = AlertWorld()
    world.memory.silences["web-5xx"] = minute(until)
    return world


def test_nothing_is_told_while_an_alarm_is_silenced() -> None:
    world = silenced(until=30)
    world.notify(alarm(0), at=0)
    world.notify(ok(10), at=10)
    world.let_time_pass(until=600)
    assert not world.threads.messages
    assert not world.topic.published


def test_an_incident_that_outlasts_the_silence_is_told_then() -> None:
    world = silenced(until=30)
    world.notify(alarm(0), at=0)
    world.let_time_pass(until=31)
    (root,) = world.threads.roots
    assert root.text == ":red_circle: *Critical: web-5xx*"
    assert world.topic.subjects == ["[CRITICAL] web-5xx"]


def test_a_silence_that_was_made_longer_holds() -> None:
    world = silenced(until=30)
    world.notify(alarm(0), at=0)
    world.memory.silences["web-5xx"] = minute(90)
    world.let_time_pass(until=60)
    assert not world.topic.published
    world.let_time_pass(until=91)
    assert world.topic.subjects == ["[CRITICAL] web-5xx"]


def test_a_new_incident_after_a_silence_is_told_as_any_other() -> None:
    world = silenced(until=30)
    world.notify(alarm(0), at=0)
    world.notify(ok(10), at=10)
    world.notify(alarm(60), at=60)
    world.let_time_pass(until=120)
    assert world.topic.subjects == ["[CRITICAL] web-5xx"]


def test_an_incident_told_before_the_silence_still_turns_green_in_slack() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.memory.silences["web-5xx"] = minute(30)
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
