"""A follow-up that is lost: the hourly sweep brings its incident back, once."""

from copy import replace

from tests.unit.send_alerts.alert_world import POLICY, AlertWorld, alarm, ok
from tests.unit.send_alerts.test_storm import SMALL, named, storm


def test_an_end_whose_follow_up_is_lost_is_mailed_after_the_sweep() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.notify(ok(5), at=5)
    world.schedules.waiting.clear()
    world.sweep(at=60)
    world.let_time_pass(until=62)
    assert world.topic.subjects == ["[CRITICAL] web-5xx", "[RESOLVED] web-5xx"]
    assert world.sweep(at=120) == "0 overdue"


def test_a_reminder_whose_follow_up_is_lost_comes_and_the_next_one_in_its_time() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.schedules.waiting.clear()
    assert world.sweep(at=239) == "0 overdue"
    assert world.sweep(at=299) == "1 overdue"
    world.let_time_pass(until=300)
    assert [root.text for root in world.threads.roots] == [":red_circle: *Critical: web-5xx*"]
    assert world.threads.thread(world.threads.roots[0])[-1].startswith(
        ":red_circle: Not over yet, after 4 h 59 min"
    )
    world.let_time_pass(until=299 + 240 + 1)
    assert len(world.threads.thread(world.threads.roots[0])) == 2


def test_a_follow_up_that_is_only_late_and_the_sweep_s_do_nothing_twice() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.notify(ok(5), at=5)
    late = dict(world.schedules.waiting)
    world.schedules.waiting.clear()
    world.sweep(at=60)
    world.let_time_pass(until=61)
    sent = (list(world.topic.published), list(world.threads.messages))
    world.schedules.waiting.update(late)
    world.let_time_pass(until=62)
    assert (world.topic.published, world.threads.messages) == sent


def test_a_follow_up_that_comes_before_the_sweep_s_makes_that_stale() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    ((name, first),) = world.schedules.waiting.items()
    world.schedules.waiting.clear()
    world.sweep(at=250)
    swept = world.schedules.waiting.pop(name)
    world.schedules.waiting[name] = first
    world.let_time_pass(until=251)
    lines = len(world.threads.messages)
    world.schedules.waiting[name] = swept
    world.let_time_pass(until=252)
    assert len(world.threads.messages) == lines


def test_what_is_not_overdue_and_what_is_over_are_left_alone() -> None:
    world = AlertWorld(replace(POLICY))
    world.notify(alarm(0), at=0)
    waiting = dict(world.schedules.waiting)
    assert world.sweep(at=60) == "0 overdue"
    assert world.schedules.waiting == waiting
    world.notify(ok(70), at=70)
    world.let_time_pass(until=600)
    assert world.sweep(at=660) == "0 overdue"


def test_a_storm_s_digest_that_nobody_has_made_is_made_and_ends() -> None:
    world = AlertWorld(SMALL)
    world.slack = False
    storm(world, 5)
    world.schedules.waiting.clear()
    assert world.sweep(at=60) == "1 overdue"
    world.let_time_pass(until=61)
    assert world.topic.subjects[-2:] == ["[STORM] 2 more new incidents"] * 2
    for number in range(5):
        world.notify(ok(62, **named(number)), at=62)
    world.schedules.waiting.clear()
    # The check of its members, and five ends by mail.
    world.sweep(at=120)
    world.let_time_pass(until=121)
    assert "[RESOLVED] 2 more new incidents" in world.topic.subjects
    assert world.sweep(at=180) == "0 overdue"
