from copy import replace
from datetime import timedelta

import pytest

from tests.runbook_table import sections_of
from tests.unit.send_alerts.alert_world import POLICY, AlertWorld, alarm, ok

SMALL = replace(POLICY, storm_threshold=3)


def named(number: int) -> dict[str, str]:
    return {"key": f"alarm:a{number:02}", "name": f"a{number:02}", "title": f"a{number:02}"}


def storm(world: AlertWorld, count: int) -> None:
    for number in range(count):
        at = number / 60
        world.let_time_pass(at)
        world.notify(alarm(at, **named(number)), at=at)


def test_more_new_incidents_in_a_minute_than_the_threshold_are_one_message() -> None:
    world = AlertWorld(SMALL)
    storm(world, 40)
    world.let_time_pass(until=3)
    *single, digest = world.threads.roots
    assert [root.text for root in single] == [
        f":red_circle: *Critical: a{number:02}*" for number in range(3)
    ]
    assert digest.edits[-1] == ":red_circle: *Storm: 37 more new incidents*"
    assert sections_of("37 more new incidents") == {"many-new-incidents-at-once"}
    # a line for each below it, and one that sums up
    lines = world.threads.thread(digest)
    assert len(lines) == 37 + 1
    assert all(any(f"*a{number:02}*" in line for line in lines) for number in range(3, 40))
    # every name reaches those who only read e-mail
    assert world.topic.subjects[3:] == [
        "[STORM] 1 more new incidents",
        "[STORM] 37 more new incidents",
    ]
    assert all(f"a{number:02}" in world.topic.published[-1][1] for number in range(3, 40))


def test_a_member_s_later_lines_hang_below_the_digest_and_nobody_is_mailed() -> None:
    world = AlertWorld(SMALL)
    storm(world, 6)
    world.let_time_pass(until=3)
    digest, mails = world.threads.roots[-1], len(world.topic.subjects)
    lines = len(world.threads.thread(digest))
    world.notify(ok(5, **named(5)), at=5)
    assert len(world.threads.thread(digest)) == lines + 1
    assert "*a05* Over at" in world.threads.thread(digest)[-1]
    assert len(world.topic.subjects) == mails
    # An incident announced by itself ends as any other.
    world.notify(ok(5, **named(0)), at=5)
    world.let_time_pass(until=15)
    assert world.topic.subjects[mails:] == ["[RESOLVED] a00"]


def test_a_member_comes_again_by_itself_after_its_end() -> None:
    world = AlertWorld(SMALL)
    storm(world, 6)
    world.let_time_pass(until=3)
    world.notify(ok(5, **named(5)), at=5)
    world.notify(alarm(60, **named(5)), at=60)
    assert world.threads.roots[-1].text == ":red_circle: *Critical: a05*"
    assert world.topic.subjects[-1] == "[CRITICAL] a05"


def test_a_storm_without_threads_is_two_messages() -> None:
    world = AlertWorld(SMALL)
    world.slack = False
    storm(world, 9)
    world.let_time_pass(until=3)
    assert len(world.topic.subjects) == 3 + 2


def test_after_the_storm_a_new_incident_is_sent_by_itself_again() -> None:
    world = AlertWorld(SMALL)
    storm(world, 6)
    world.let_time_pass(until=10)
    world.notify(alarm(10, **named(99)), at=10)
    assert world.threads.roots[-1].text == ":red_circle: *Critical: a99*"


def test_a_slow_series_is_no_storm() -> None:
    world = AlertWorld(SMALL)
    for number in range(20):
        world.notify(alarm(number, **named(number)), at=number)
    assert len(world.threads.roots) == 20


def test_an_incident_counted_twice_after_a_crash_gets_the_same_answer() -> None:
    world = AlertWorld(SMALL)
    storm(world, 2)
    # the third one dies after it was counted, before it was saved
    world.incidents.crash_at_save = world.incidents.saves + 1
    world.notify_until_done(alarm(0.05, **named(2)), at=0.05)
    assert len(world.storms.read().recent) == 3
    assert world.threads.roots[-1].text == ":red_circle: *Critical: a02*"


@pytest.mark.parametrize("slack", [True, False])
def test_a_member_that_lasts_is_announced_by_itself_and_its_end_as_well(slack: bool) -> None:
    world = AlertWorld(SMALL)
    world.slack = slack
    storm(world, 5)
    world.notify(ok(5, **named(4)), at=5)
    world.let_time_pass(until=4 * 60 + 5)
    assert world.topic.subjects.count("[CRITICAL] a03") == 1
    world.notify(ok(250, **named(3)), at=250)
    world.let_time_pass(until=270)
    assert world.topic.subjects[-1] == "[RESOLVED] a03"
    if slack:
        assert world.threads.roots[-1].text == ":red_circle: *Critical: a03*"
        assert world.threads.roots[-1].edits[-1] == ":large_green_circle: *Resolved: a03*"


def test_the_digest_ends_by_mail_when_the_last_of_its_members_is_surely_over() -> None:
    world = AlertWorld(SMALL)
    storm(world, 6)
    world.let_time_pass(until=3)
    mails = len(world.topic.subjects)
    for number in range(6):
        world.notify(ok(5 + number, **named(number)), at=5 + number)
    # a05 may come back until the twentieth minute: its end is not sure.
    world.let_time_pass(until=19)
    assert [subject for subject in world.topic.subjects[mails:] if "more new" in subject] == []
    world.let_time_pass(until=40)
    assert world.topic.subjects[mails:].count("[RESOLVED] 3 more new incidents") == 1
    assert world.topic.labels[-1]["state"] == "resolved"
    assert "All of them are over." in world.topic.published[-1][1]
    digest = world.threads.roots[-1]
    assert digest.edits[-1] == ":large_green_circle: *Resolved: 3 more new incidents*"
    assert [name for name in world.schedules.waiting if "storm" in name] == []


def test_the_digest_ends_though_a_member_lasts_that_is_announced_by_itself_then() -> None:
    world = AlertWorld(SMALL)
    storm(world, 6)
    for number in (0, 1, 2, 3, 5):
        world.notify(ok(5, **named(number)), at=5)
    world.let_time_pass(until=4 * 60 + 30)
    end = [text for subject, text, _ in world.topic.published if "[RESOLVED] 3 more" in subject]
    assert len(end) == 1
    assert "These last, each announced by itself:\n• a04 (critical)" in end[0]
    # The member's own story has an end of its own.
    world.notify(ok(300, **named(4)), at=300)
    world.let_time_pass(until=320)
    assert world.topic.subjects[-1] == "[RESOLVED] a04"


def test_a_member_that_flaps_keeps_the_digest_open() -> None:
    world = AlertWorld(SMALL)
    storm(world, 4)
    for at in range(5, 60, 5):
        world.notify((ok if at % 2 else alarm)(at, **named(3)), at=at)
        world.let_time_pass(until=at + 1)
    world.let_time_pass(until=64)
    assert "[RESOLVED] 1 more new incidents" not in world.topic.subjects
    world.let_time_pass(until=90)
    assert world.topic.subjects.count("[RESOLVED] 1 more new incidents") == 1


def test_a_storm_that_another_one_has_replaced_ends_by_its_own_members() -> None:
    world = AlertWorld(SMALL)
    storm(world, 6)
    world.let_time_pass(until=10)
    for number in range(6, 12):
        world.notify(alarm(10 + number / 60, **named(number)), at=10 + number / 60)
    for number in range(6):
        world.notify(ok(12, **named(number)), at=12)
    world.let_time_pass(until=40)
    assert world.topic.subjects.count("[RESOLVED] 3 more new incidents") == 1
    for number in range(6, 12):
        world.notify(ok(50, **named(number)), at=50)
    world.let_time_pass(until=80)
    assert world.topic.subjects.count("[RESOLVED] 3 more new incidents") == 2


def test_the_end_of_what_was_before_the_storm_is_mailed_within_it() -> None:
    world = AlertWorld(SMALL)
    world.notify(alarm(-60, **named(9)), at=-60)
    world.notify(ok(-11, **named(9)), at=-11)
    # Its follow-up is lost, so that its end comes with the next event, which the storm takes in.
    world.schedules.waiting.clear()
    storm(world, 4)
    world.notify(alarm(0.5, **named(9)), at=0.5)
    assert "[RESOLVED] a09" in world.topic.subjects


def test_without_reminders_a_member_that_lasts_keeps_the_digest_open() -> None:
    world = AlertWorld(replace(SMALL, reminder=timedelta(0)))
    storm(world, 4)
    world.let_time_pass(until=600)
    assert [subject for subject in world.topic.subjects if "RESOLVED" in subject] == []
    world.notify(ok(600, **named(3)), at=600)
    world.let_time_pass(until=630)
    assert world.topic.subjects[-1] == "[RESOLVED] 1 more new incidents"


def test_the_digest_is_of_its_members_environment() -> None:
    world = AlertWorld(SMALL)
    for number in range(6):
        at = number / 60
        world.let_time_pass(at)
        world.notify(alarm(at, environment="staging", **named(number)), at=at)
    world.let_time_pass(until=3)
    subject = world.incident(world.storms.read().key).subject
    assert subject
    assert (subject.environment, subject.guide.check) == (
        "staging",
        "make incidents ENVIRONMENT=staging",
    )
