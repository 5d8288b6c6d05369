from copy import replace

import pytest

from ops_common.on_call.operator_action import Action, OperatorAction
from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import Channels
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind
from send_alerts.reading.notice import Part, Signal
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, minute, notice, ok


def test_an_incident_is_one_message_edited_and_one_thread() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.notify(ok(12), at=12)
    (root,) = world.threads.roots
    assert root.text == ":red_circle: *Critical: web-5xx*"
    assert root.edits == [":large_green_circle: *Resolved: web-5xx*"]
    (line,) = world.threads.thread(root)
    assert line.startswith(":large_green_circle: Over at 25 Nov 12:12:00 UTC, after 12 min")
    # E-mail hears of the end when it is sure, and of its true time.
    world.let_time_pass(until=21.9)
    assert world.topic.subjects == ["[CRITICAL] web-5xx"]
    world.let_time_pass(until=22)
    assert "Over at 25 Nov 12:12:00 UTC, after 12 min" in world.topic.published[-1][1]
    assert world.topic.subjects == ["[CRITICAL] web-5xx", "[RESOLVED] web-5xx"]


def test_the_same_event_twice_is_sent_once() -> None:
    world = AlertWorld()
    for at in (0, 0.1, 300):
        assert world.notify(alarm(0), at=at)
    assert len(world.threads.messages) == len(world.topic.published) == 1


@pytest.mark.parametrize(("threads", "lines"), [(True, [Channel.SLACK]), (False, [])])
def test_one_more_series_of_an_open_alarm_is_a_line_of_its_thread_and_nothing_else(
    threads: bool, lines: list[Channel]
) -> None:
    incident, channels = Incident("alarm:web-5xx"), Channels(slack=True, threads=threads)
    for one in (alarm(0), notice(Signal.CONTRIBUTOR, 1, part=Part.SERIES, ref="web")):
        incident = advance(incident, one, one.occurred_at, channels)
    of_series = [entry for entry in incident.outbox if entry.kind is EntryKind.CONTRIBUTOR]
    assert [entry.channel for entry in of_series] == lines
    assert incident.notified_at == minute(0)


@pytest.mark.parametrize(
    ("was", "mails", "says"),
    [(Signal.RESOLVED, 2, "Again since"), (Signal.OPEN, 1, "Still so"), (None, 1, "Still so")],
)
def test_an_alarm_that_rings_anew_after_an_end_that_never_came_is_loud(
    was: Signal | None, mails: int, says: str
) -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.notify(alarm(40, was=was), at=40)
    assert world.topic.subjects == ["[CRITICAL] web-5xx"] * mails
    (root,) = world.threads.roots
    assert says in world.threads.thread(root)[-1]


def test_an_alarm_that_arrives_after_its_ok_reopens_nothing() -> None:
    world = AlertWorld()
    world.notify(ok(5, since=minute(0)), at=5)
    assert not world.threads.messages
    assert not world.topic.published
    world.notify(alarm(0), at=6)
    (root,) = world.threads.roots
    assert root.text == ":large_green_circle: *Resolved: web-5xx*"
    (line,) = world.threads.thread(root)
    assert "Over at 25 Nov 12:05:00 UTC" in line
    assert (
        "Since 25 Nov 12:00:00 UTC (this arrived late; now: resolved)"
        in (world.topic.published[0][1])
    )
    episode = world.incident().history.current
    assert episode
    assert episode.closed_at
    world.let_time_pass(until=15)
    # who reads the subjects alone does not take it for open
    assert world.topic.subjects == ["[RESOLVED] web-5xx"] * 2


def test_an_end_that_arrives_late_is_not_taken_for_the_end_of_what_lasts() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.notify(alarm(30), at=30)
    world.notify(ok(15), at=31)
    assert world.topic.subjects[-1] == "[CRITICAL] web-5xx"
    assert (
        "Over at 25 Nov 12:15:00 UTC, after 15 min (this arrived late; now: critical)"
        in (world.topic.published[-1][1])
    )


def test_an_alarm_that_settles_is_sent_to_nobody() -> None:
    world = AlertWorld()
    world.notify(ok(0, was=Signal.NO_DATA))
    world.notify(ok(1, was=Signal.RESOLVED))
    assert not world.threads.messages
    assert not world.topic.published


def test_an_ok_after_missing_data_ends_the_incident() -> None:
    world = AlertWorld()
    world.notify(alarm(0))
    world.notify(notice(Signal.NO_DATA, 1, was=Signal.OPEN))
    world.notify(ok(2, was=Signal.NO_DATA))
    (root,) = world.threads.roots
    assert "No data" in world.threads.thread(root)[0]
    assert "after 2 min" in world.threads.thread(root)[1]
    world.let_time_pass(until=12)
    assert world.topic.subjects == ["[CRITICAL] web-5xx", "[RESOLVED] web-5xx"]


def test_a_new_incident_of_the_same_alarm_gets_a_new_message() -> None:
    world = AlertWorld()
    for at, event in ((0, alarm(0)), (1, ok(1)), (60, alarm(60)), (61, ok(61))):
        world.notify(event, at=at)
    world.let_time_pass(until=71)
    first, second = world.threads.roots
    assert first.edits == second.edits == [":large_green_circle: *Resolved: web-5xx*"]
    assert len(world.topic.published) == 4


def test_flaps_stay_in_one_thread_and_are_sent_to_sns_once_until_it_is_calm() -> None:
    world = AlertWorld()
    for at in range(0, 12, 2):
        world.notify(alarm(at), at=at)
        world.notify(ok(at + 1), at=at + 1)
    (root,) = world.threads.roots
    assert len(world.threads.thread(root)) == 11
    assert root.edits[-1] == ":arrows_counterclockwise: *Flapping: web-5xx*"
    assert world.topic.subjects == [
        "[CRITICAL] web-5xx",
        "[FLAPPING] web-5xx",
    ]
    world.let_time_pass(until=30)
    assert root.edits[-1] == ":large_green_circle: *Resolved: web-5xx*"
    assert "Calm since 25 Nov 12:11:00 UTC, after 6 times" in world.threads.thread(root)[-1]
    assert world.topic.subjects[2:] == ["[RESOLVED] web-5xx"]


def test_a_reminder_comes_while_the_incident_lasts_and_only_then() -> None:
    world = AlertWorld()
    world.notify(alarm(0))
    world.let_time_pass(until=8 * 60 + 5)
    # E-mail has its opening, and gets its end.
    assert world.topic.subjects[1:] == []
    reminders = [shown for shown in world.threads.messages if shown.broadcast]
    assert [shown.text.split("\n")[0] for shown in reminders] == [
        ":red_circle: Not over yet, after 4 h",
        ":red_circle: Not over yet, after 8 h",
    ]
    world.notify(ok(490), at=490)
    world.let_time_pass(until=2000)
    assert world.topic.subjects[1:] == ["[RESOLVED] web-5xx"]
    assert not world.schedules.waiting


def test_no_reminder_where_the_parameter_is_zero() -> None:
    world = AlertWorld(replace(AlertWorld().policy, reminder=minute(0) - minute(0)))
    world.notify(alarm(0))
    assert not world.schedules.waiting


def test_a_failing_task_that_stays_quiet_ends_its_incident() -> None:
    world = AlertWorld()
    world.notify(alarm(0, was=None, part=Part.TASKS, ref="1"))
    world.notify(alarm(10, was=None, part=Part.TASKS, ref="2"), at=10)
    world.let_time_pass(until=60)
    (root,) = world.threads.roots
    assert "Over at 25 Nov 12:40:00 UTC" in world.threads.thread(root)[-1]
    assert len(world.topic.subjects) == 2


def test_an_end_whose_follow_up_was_lost_is_mailed_before_the_next_opening() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.notify(ok(5), at=5)
    world.schedules.waiting.clear()
    world.notify(alarm(60), at=60)
    assert world.topic.subjects == [
        "[CRITICAL] web-5xx",
        "[RESOLVED] web-5xx",
        "[CRITICAL] web-5xx",
    ]


def test_an_end_that_a_person_decides_is_mailed_at_once() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.act(OperatorAction(Action.CLOSE, "ana", "slack", minute(1), incident="alarm:web-5xx"))
    assert world.topic.subjects == ["[CRITICAL] web-5xx", "[RESOLVED] web-5xx"]


def test_a_day_of_flaps_is_three_mails() -> None:
    world = AlertWorld()
    for at in range(0, 24 * 60, 6):
        world.let_time_pass(until=at)
        world.notify(alarm(at), at=at)
        world.let_time_pass(until=at + 3)
        world.notify(ok(at + 3), at=at + 3)
    world.let_time_pass(until=25 * 60)
    assert [subject.split("]")[0] for subject in world.topic.subjects] == [
        "[CRITICAL",
        "[FLAPPING",
        "[RESOLVED",
    ]
