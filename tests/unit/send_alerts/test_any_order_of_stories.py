"""Stories, contributors, composites: in any order, with repeats, the same story, told the same."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ops_common.ops_events import Severity
from send_alerts.channels.composites import Family
from send_alerts.incident.episodes import Episode
from send_alerts.reading.notice import Notice, Part, Signal
from send_alerts.words.content import title
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, minute, notice, ok

COMPOSITE, CHILD, OTHER = "alarm:down", "alarm:targets", "alarm:latency"
FAMILY = Family(COMPOSITE, (CHILD, OTHER))
SERVICE = "service:1/eu-west-1/jiki/web"


def named(key: str) -> dict[str, str]:
    name = key.removeprefix("alarm:")
    return {"key": key, "name": name, "title": name}


def of_composite(signal: Signal, at: float) -> Notice:
    return notice(signal, at, **named(COMPOSITE), children=FAMILY.children)


def played(arrived: Sequence[Notice], *families: Family) -> AlertWorld:
    """All arrive within seconds, when everything is over; then hours pass."""
    world = AlertWorld()
    world.families.extend(families)
    start = max(event.occurred_at for event in arrived) + timedelta(seconds=5)
    for number, event in enumerate(arrived):
        world.now = max(world.now, start + timedelta(seconds=number))
        world.notify_until_done(event)
    world.let_time_pass(until=48 * 60)
    return world


def shuffled(timeline: list[Notice]) -> st.SearchStrategy[list[Notice]]:
    repeats = st.lists(st.sampled_from(timeline), max_size=4)
    return repeats.flatmap(lambda more: st.permutations(timeline + more))


def episodes(world: AlertWorld, key: str) -> tuple[Episode, ...]:
    return world.incident(key).history.episodes


# A composite that both its children set off; one of them goes on for some seconds after it.
OUTAGE = [
    alarm(0, **named(CHILD)),
    of_composite(Signal.OPEN, 0.1),
    alarm(2, **named(OTHER)),
    ok(18, **named(OTHER)),
    of_composite(Signal.RESOLVED, 20),
    ok(20.1, **named(CHILD)),
]


@settings(deadline=None, max_examples=60)
@given(shuffled(OUTAGE))
def test_a_composite_and_its_children_are_one_story_in_any_order(arrived: list[Notice]) -> None:
    world = played(arrived, FAMILY)
    # One message, a line for each turn of a child, and the end.
    (root,) = world.threads.roots
    lines = world.threads.thread(root)
    assert sum("targets" in line for line in lines) == 2
    assert sum("latency" in line for line in lines) == 2
    assert len(lines) == 5
    # Nobody is mailed of a child.
    assert {subject.split("] ")[1] for subject in world.topic.subjects} == {"down"}
    assert len(world.topic.subjects) == 2
    for key in (COMPOSITE, *FAMILY.children):
        assert episodes(world, key) == episodes(played(OUTAGE, FAMILY), key)
        assert not world.incident(key).part_of


@settings(deadline=None, max_examples=30)
@given(shuffled([alarm(0, **named(CHILD)), ok(5, **named(CHILD))]))
def test_a_child_whose_composite_never_rings_is_announced_and_ended(
    arrived: list[Notice],
) -> None:
    world = played(arrived, FAMILY)
    (root,) = world.threads.roots
    assert len(world.threads.thread(root)) == 1
    assert len(world.topic.subjects) == 2
    assert "targets" in world.topic.subjects[0]


def contributor(signal: Signal, at: float, name: str) -> Notice:
    return notice(signal, at, ref=name, was=None, text=f"{name} at {at}")


CONTRIBUTED = [
    alarm(0),
    contributor(Signal.CONTRIBUTOR, 0.1, "orders"),
    contributor(Signal.CONTRIBUTOR, 3, "users"),
    contributor(Signal.CONTRIBUTOR, 9, "orders"),
    ok(12),
    contributor(Signal.CONTRIBUTOR, 12.1, "users"),
]


@settings(deadline=None, max_examples=60)
@given(shuffled(CONTRIBUTED))
def test_contributors_are_lines_of_their_alarm_in_any_order(arrived: list[Notice]) -> None:
    world = played(arrived)
    (root,) = world.threads.roots
    assert len(world.threads.thread(root)) == len(CONTRIBUTED) - 1
    assert len(world.topic.subjects) == 2
    assert episodes(world, "alarm:web-5xx") == episodes(played(CONTRIBUTED), "alarm:web-5xx")


def of_service(signal: Signal, at: float, part: Part, ref: str = "", label: str = "") -> Notice:
    critical = part is Part.DEPLOYMENT
    return notice(
        signal,
        at,
        key=SERVICE,
        name="service:web",
        title=f"web: {part}",
        severity=Severity.CRITICAL if critical else Severity.WARNING,
        was=None,
        part=part,
        ref=ref,
        label=label,
    )


ROLLBACK = [
    of_service(Signal.OPEN, 1, Part.TASKS, "t1", "OutOfMemoryError"),
    of_service(Signal.OPEN, 2, Part.TASKS, "t2", "OutOfMemoryError"),
    of_service(Signal.OPEN, 2.5, Part.STARTS, "SERVICE_TASK_START_IMPAIRED"),
    of_service(Signal.OPEN, 3, Part.DEPLOYMENT, "new", "3f2c1ab"),
    of_service(Signal.ROLLING_BACK, 3.1, Part.DEPLOYMENT, "old", "9ab01cd"),
    of_service(Signal.RESOLVED, 5, Part.DEPLOYMENT, "old", "9ab01cd"),
    of_service(Signal.RESOLVED, 5.1, Part.STARTS),
]
FIXED = of_service(Signal.RESOLVED, 90, Part.DEPLOYMENT, "fixed", "77aa00b")


@settings(deadline=None, max_examples=60)
@given(shuffled(ROLLBACK))
def test_a_service_s_story_stays_open_after_a_rollback_in_any_order(
    arrived: list[Notice],
) -> None:
    world, expected = played(arrived), played(ROLLBACK)
    assert episodes(world, SERVICE) == episodes(expected, SERVICE)
    current = world.incident(SERVICE).history.current
    assert current is not None
    assert current.closed_at is None
    assert current.rolled_back_to == "old"
    assert title(world.incident(SERVICE)) == title(expected.incident(SERVICE))
    assert len(world.threads.roots) == 1
    deliveries = [shown.delivery for shown in world.threads.messages]
    assert len(deliveries) == len(set(deliveries))
    # Where an end was all that was known, people hear that it was none.
    assert not world.topic.subjects[-1].startswith("[RESOLVED]")


@settings(deadline=None, max_examples=60)
@given(shuffled([*ROLLBACK, FIXED]))
def test_a_story_that_a_fixed_version_ends_is_over_in_any_order(arrived: list[Notice]) -> None:
    world = played(arrived)
    assert episodes(world, SERVICE) == episodes(played([*ROLLBACK, FIXED]), SERVICE)
    current = world.incident(SERVICE).history.current
    assert current is not None
    assert current.closed_at == minute(90)
    assert len(world.threads.roots) == 1
    assert "Resolved" in world.threads.roots[0].edits[-1]
