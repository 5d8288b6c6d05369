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
    *single, folded = world.threads.roots
    assert [root.text for root in single] == [
        f":red_circle: *Critical: a{number:02}*" for number in range(3)
    ]
    assert folded.edits[-1] == ":red_circle: *Critical: Storm: 37 more incidents, 37 not over*"
    assert len(world.threads.messages) == 3 + 1 + 1
    # every name reaches those who only read e-mail
    assert world.topic.subjects[3:] == [
        "[CRITICAL] Storm: 1 more incidents, 1 not over",
        "[STORM] Storm: 37 more incidents, 37 not over",
    ]
    assert all(f"a{number:02}" in world.topic.published[-1][1] for number in range(3, 40))


def test_the_storm_is_over_when_its_last_member_is() -> None:
    world = AlertWorld(SMALL)
    storm(world, 6)
    world.let_time_pass(until=3)
    for number in range(6):
        world.notify(ok(5, **named(number)), at=5)
    world.let_time_pass(until=8)
    folded = world.threads.roots[-1]
    assert (
        folded.edits[-1] == ":large_green_circle: *Resolved: Storm: 3 more incidents, 0 not over*"
    )
    assert world.topic.subjects[-1] == "[RESOLVED] Storm: 3 more incidents, 0 not over"
    assert len([subject for subject in world.topic.subjects if "RESOLVED" in subject]) == 3 + 1


def test_repeats_and_oks_of_a_member_post_nothing_of_their_own() -> None:
    world = AlertWorld(SMALL)
    storm(world, 6)
    world.let_time_pass(until=3)
    before = len(world.threads.messages)
    for at in (4, 5, 6):
        world.notify(ok(at, **named(5)), at=at)
        world.notify(alarm(at + 0.5, **named(5)), at=at + 0.5)
    assert len(world.threads.messages) == before


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
    assert len(world.storms.storms.recent) == 3
    assert world.threads.roots[-1].text == ":red_circle: *Critical: a02*"
