"""An alarm without data: quiet, one message with a thread, and an end of its own."""

from send_alerts.reading.notice import Signal
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, minute, notice, ok

NO_DATA, OVER = Signal.NO_DATA, Signal.RESOLVED


def test_a_sparse_metric_is_one_message_with_a_thread_and_no_mail() -> None:
    world = AlertWorld()
    for at in range(0, 120, 10):
        world.notify(notice(NO_DATA, at, was=OVER), at=at)
        world.notify(ok(at + 5, was=NO_DATA), at=at + 5)
    (root,) = world.threads.roots
    assert root.text == ":white_circle: *No data: web-5xx*"
    assert len(world.threads.thread(root)) == 11
    assert not world.topic.published


def test_a_day_later_missing_data_is_a_message_of_its_own() -> None:
    world = AlertWorld()
    world.notify(notice(NO_DATA, 0, was=OVER), at=0)
    world.notify(notice(NO_DATA, 25 * 60, was=OVER), at=25 * 60)
    assert len(world.threads.roots) == 2


def test_an_alarm_that_rings_after_missing_data_has_its_own_message() -> None:
    world = AlertWorld()
    world.notify(notice(NO_DATA, 0, was=OVER), at=0)
    world.notify(alarm(10, was=NO_DATA), at=10)
    assert [root.text for root in world.threads.roots] == [
        ":white_circle: *No data: web-5xx*",
        ":red_circle: *Critical: web-5xx*",
    ]


def test_an_incident_whose_data_stopped_says_so_in_its_reminder_and_ends_after_a_day() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.notify(notice(NO_DATA, 30, was=Signal.OPEN), at=30)
    world.let_time_pass(until=5 * 60)
    (root,) = world.threads.roots
    assert "without data since 25 Nov 12:30:00 UTC" in world.threads.thread(root)[-1]
    world.let_time_pass(until=24 * 60 + 29)
    episode = world.incident().history.current
    assert episode is not None
    assert episode.closed_at is None
    world.let_time_pass(until=24 * 60 + 31)
    episode = world.incident().history.current
    assert episode is not None
    assert episode.closed_at == minute(24 * 60 + 30)
    assert world.topic.subjects == ["[CRITICAL] web-5xx", "[RESOLVED] web-5xx"]
    assert not world.schedules.waiting


def test_data_that_comes_back_in_alarm_keeps_the_incident() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    world.notify(notice(NO_DATA, 30, was=Signal.OPEN), at=30)
    world.notify(alarm(60, was=NO_DATA), at=60)
    world.let_time_pass(until=26 * 60)
    episode = world.incident().history.current
    assert episode is not None
    assert episode.closed_at is None
    assert episode.no_data_since is None
