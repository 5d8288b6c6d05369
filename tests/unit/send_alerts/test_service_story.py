"""A service's outage is one story: tasks, starts, deployment, rollback and probe, in any order."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_common.ops_events import Severity
from send_alerts.incident.decide import is_rollback
from send_alerts.incident.history import KEPT
from send_alerts.reading.notice import NEXT_DEPLOYMENT, Notice, Part, Signal
from tests.unit.send_alerts.alert_world import AlertWorld, minute, notice

KEY = "service:1/eu-west-1/jiki/web"
NEW, OLD = "ecs-svc/new", "ecs-svc/old"


def of_service(signal: Signal, at: float, part: Part, ref: str = "", **more: Any) -> Notice:
    values = {"key": KEY, "name": "service:web", "title": f"{part} of web", "was": None, **more}
    return notice(signal, at, part=part, ref=ref, **values)


def task(at: float, name: str, label: str = "OutOfMemoryError") -> Notice:
    return of_service(Signal.OPEN, at, Part.TASKS, name, label=label, severity=Severity.WARNING)


def failed(at: float) -> Notice:
    return of_service(Signal.OPEN, at, Part.DEPLOYMENT, NEW, title="Deployment of web failed")


def rolling_back(at: float, to: str = OLD) -> Notice:
    return of_service(
        Signal.ROLLING_BACK, at, Part.DEPLOYMENT, to, title="Deployment of web failed"
    )


def completed(at: float, deployment: str) -> Notice:
    return of_service(Signal.RESOLVED, at, Part.DEPLOYMENT, deployment, severity=Severity.INFO)


OUTAGE = (
    task(1, "a"),
    task(2, "b"),
    task(3, "c"),
    failed(4),
    rolling_back(4.1),
    completed(7, OLD),
)


def played(*notices: Notice) -> AlertWorld:
    world = AlertWorld()
    for at, one in enumerate(notices):
        world.notify(one, at=10 + at / 60)
    return world


def test_an_outage_from_the_first_failed_task_to_the_rollback_is_one_thread() -> None:
    world = played(*OUTAGE)
    (root,) = world.threads.roots
    assert len(world.threads.thread(root)) == len(OUTAGE) - 1
    assert "OutOfMemoryError × 3" in root.edits[-1]
    assert "ECS rolled back to" in root.edits[-1]
    assert "is not live" in root.edits[-1]
    episode = world.incident(KEY).history.current
    assert episode is not None
    assert episode.closed_at is None
    assert episode.rolled_back_to == OLD
    # E-mail: it opened, it grew worse; what ECS does about it is in the thread.
    assert [subject.split("]")[0] for subject in world.topic.subjects] == ["[WARNING", "[CRITICAL"]


def test_a_deployment_that_completed_before_it_does_not_make_the_worsening_less_loud() -> None:
    world = played(completed(0.5, OLD), *OUTAGE[:4])
    assert [subject.split("]")[0] for subject in world.topic.subjects] == ["[WARNING", "[CRITICAL"]
    (root,) = world.threads.roots
    assert "Worse since" in world.threads.thread(root)[-1]


def test_the_old_deployment_that_completes_is_known_for_a_rollback() -> None:
    incident = played(*OUTAGE, completed(60, "ecs-svc/newer")).incident(KEY)
    assert is_rollback(incident, OLD)
    assert not is_rollback(incident, "ecs-svc/newer")


def test_another_deployment_that_completes_ends_it() -> None:
    world = played(*OUTAGE, completed(60, "ecs-svc/newer"))
    episode = world.incident(KEY).history.current
    assert episode is not None
    assert episode.closed_at
    world.let_time_pass(until=70)
    assert world.topic.subjects[-1].startswith("[RESOLVED]")
    assert world.threads.roots[0].edits[-1].startswith(":large_green_circle:")


def test_a_second_deployment_that_fails_is_mailed_and_rolls_back_in_its_own_time() -> None:
    second = "ecs-svc/second"
    world = played(*OUTAGE, of_service(Signal.OPEN, 65, Part.DEPLOYMENT, ref=second))
    assert [subject.split("]")[0] for subject in world.topic.subjects][2:] == ["[CRITICAL"]
    (root,) = world.threads.roots
    assert "Worse since" in world.threads.thread(root)[-1]
    # The same old deployment again: it is on its way back, and not there yet.
    world.notify(rolling_back(65.1, OLD), at=66)
    assert "ECS rolls back" in world.threads.thread(root)[-1]
    world.notify(completed(68, OLD), at=68)
    assert "ECS has rolled back" in world.threads.thread(root)[-1]
    world.notify(completed(124, "ecs-svc/third"), at=124)
    world.let_time_pass(until=140)
    assert [subject.split("]")[0] for subject in world.topic.subjects][3:] == ["[RESOLVED"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_rollback_leaves_it_open_in_whatever_order_its_events_come(
    order: tuple[int, ...],
) -> None:
    events = (failed(4), rolling_back(4.1), completed(7, OLD))
    world = played(*(events[number] for number in order))
    episode = world.incident(KEY).history.current
    assert episode is not None
    assert episode.closed_at is None
    assert episode.open_parts == {Part.DEPLOYMENT}
    assert "rolled back" in (world.threads.roots[0].edits or [world.threads.roots[0].text])[-1]


def test_a_rollback_by_the_probe_leaves_it_open_until_the_next_good_deployment() -> None:
    probe = of_service(Signal.OPEN, 1, Part.PROBE)
    back = rolling_back(2, NEXT_DEPLOYMENT)
    passed = of_service(Signal.RESOLVED, 6, Part.PROBE)
    world = played(probe, back, completed(5, "ecs-svc/back"), passed)
    episode = world.incident(KEY).history.current
    assert episode is not None
    assert episode.open_parts == {Part.DEPLOYMENT}
    world.notify(completed(30, "ecs-svc/fixed"), at=30)
    episode = world.incident(KEY).history.current
    assert episode is not None
    assert episode.closed_at


def test_a_verdict_on_a_version_that_was_replaced_is_over_with_it() -> None:
    verdict = of_service(Signal.OPEN, 4.5, Part.PROBE)
    world = played(failed(4), completed(60, "ecs-svc/newer"), verdict)
    episode = world.incident(KEY).history.current
    assert episode is not None
    assert episode.closed_at
    world.notify(of_service(Signal.OPEN, 200, Part.PROBE), at=200)
    episode = world.incident(KEY).history.current
    assert episode is not None
    assert episode.open_parts == {Part.PROBE}


def test_hundreds_of_failed_tasks_do_not_make_the_rollback_forgotten() -> None:
    world = played(failed(4), rolling_back(4.1), completed(7, OLD))
    for number in range(150):
        at = 8 + number / 10
        world.notify(task(at, f"t{number}"), at=at)
    incident = world.incident(KEY)
    assert len(incident.history.entries) <= KEPT
    world.let_time_pass(until=24 * 60)
    episode = world.incident(KEY).history.current
    assert episode is not None
    assert episode.rolled_back_to == OLD
    assert episode.closed_at is None


def test_what_ends_starts_is_no_deployment_that_completes() -> None:
    back = rolling_back(2, NEXT_DEPLOYMENT)
    steady = of_service(Signal.RESOLVED, 4, Part.STARTS)
    world = played(failed(1), back, steady, completed(5, "ecs-svc/back"))
    episode = world.incident(KEY).history.current
    assert episode is not None
    assert episode.rolled_back_to == "ecs-svc/back"


def test_a_good_deployment_of_a_healthy_service_is_sent_to_nobody() -> None:
    world = played(completed(7, NEW))
    assert not world.threads.messages
    assert not world.topic.published


def test_a_steady_service_ends_what_kept_its_tasks_from_starting_and_nothing_else() -> None:
    steady = of_service(Signal.RESOLVED, 9, Part.STARTS)
    placement = of_service(Signal.OPEN, 1, Part.STARTS, "SERVICE_TASK_PLACEMENT_FAILURE")
    alone = played(placement, steady).incident(KEY).history.current
    both = played(placement, failed(2), steady).incident(KEY).history.current
    assert alone is not None
    assert both is not None
    assert alone.closed_at
    assert both.open_parts == {Part.DEPLOYMENT}


def test_failed_tasks_end_by_quiet_but_not_while_their_deployment_has_failed() -> None:
    quiet, failing = played(task(1, "a")), played(task(1, "a"), failed(2))
    for world in (quiet, failing):
        world.let_time_pass(until=120)
    over, still = quiet.incident(KEY).history.current, failing.incident(KEY).history.current
    assert over is not None
    assert still is not None
    assert over.closed_at == minute(31)
    assert still.closed_at is None


def test_two_tasks_of_one_moment_are_two() -> None:
    world = played(task(1, "a"), task(1, "b"), task(1, "a"))
    (root,) = world.threads.roots
    assert len(world.threads.thread(root)) == 1
    assert root.edits[-1].count("× 2") == 1


def test_the_worst_part_names_the_story_whatever_comes_after() -> None:
    world = played(failed(2), task(3, "a"))
    subject = world.incident(KEY).subject
    assert subject is not None
    assert subject.title == "Deployment of web failed"


@settings(deadline=None, max_examples=60)
@given(st.permutations([*OUTAGE, completed(60, "ecs-svc/newer"), *OUTAGE[:2]]))
def test_the_story_ends_the_same_in_any_order_and_with_repeats(arrived: list[Notice]) -> None:
    expected, world = played(*OUTAGE, completed(60, "ecs-svc/newer")), played(*arrived)
    assert world.incident(KEY).history.episodes == expected.incident(KEY).history.episodes
    sent = [shown.delivery for shown in world.threads.messages]
    assert sorted(sent) == sorted(set(sent))
    assert {one.split("@")[0] for one in sent} == {KEY}
    assert not world.incident(KEY).outbox
