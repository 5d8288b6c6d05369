from copy import replace

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


def test_after_the_storm_a_new_incident_is_told_by_itself_again() -> None:
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


def test_by_e_mail_a_member_that_lasts_is_brought_up_and_its_end_as_well() -> None:
    world = AlertWorld(SMALL)
    world.slack = False
    storm(world, 5)
    world.notify(ok(5, **named(4)), at=5)
    world.let_time_pass(until=4 * 60 + 5)
    reminded = [subject for subject in world.topic.subjects if "STILL OPEN" in subject]
    # Those announced by themselves, and the member that lasts.
    assert reminded == [f"[STILL OPEN] a{number:02}" for number in range(4)]
    world.notify(ok(250, **named(3)), at=250)
    world.let_time_pass(until=270)
    assert world.topic.subjects[-1] == "[RESOLVED] a03"
