from copy import replace
from datetime import timedelta

import pytest

from ops_common.answers.queue import Measurement
from ops_common.ops_events import OpsEvent, State
from scale_workers.policy.conditions import Conditions, follow
from scale_workers.policy.history import Memory, ServiceMemory
from scale_workers.policy.model import NoMeasurement, ServiceState
from scale_workers.policy.outcome import Decision, HeldBy
from tests.unit.scale_workers.tick_world import NOW, measured, worker

FREE = Decision(1, "1 kept", Memory(), 1)
HELD = Decision(10, "10 kept: the maximum is 10", Memory(), 14, HeldBy.MAXIMUM)
RUNS = ServiceState(1, 1)


def tell(
    *ticks: tuple[float, Measurement | NoMeasurement, Decision], service: ServiceState = RUNS
) -> list[tuple[float, OpsEvent]]:
    """The events of ticks at given minutes, the memory going through JSON between them."""
    conditions = Conditions()
    told: list[tuple[float, OpsEvent]] = []
    for minute, measurement, decision in ticks:
        conditions, events = follow(
            Conditions.from_json(conditions.as_json()),
            measurement,
            service,
            decision,
            service_name="jiki-api-solid-queue",
            blind_after_seconds=600,
            now=NOW + timedelta(minutes=minute),
        )
        told += [(minute, event) for event in events]
    return told


def test_a_limit_is_reported_once_and_once_when_it_is_over() -> None:
    held = [(minute, measured(worker(1)), HELD) for minute in range(6)]
    free = [(minute, measured(worker(1)), FREE) for minute in range(6, 20)]
    told = tell(*held, *free)
    assert [(minute, event.kind, event.state) for minute, event in told] == [
        (2, "ScalerAtLimit", State.OPEN),
        (15, "ScalerAtLimit", State.RESOLVED),
    ]
    assert len({event.incident for _, event in told}) == 1
    opened, over = (event for _, event in told)
    # By which a message offers a hold.
    assert opened.facts["required"] == "14"
    # The end has no figures left.
    assert over.title == "Over: workers held at a limit"


def test_one_tick_at_the_limit_is_nothing_to_notify_of() -> None:
    assert tell((0, measured(worker(1)), HELD), (1, measured(worker(1)), FREE)) == []


def test_going_in_and_out_of_the_limit_is_one_condition() -> None:
    ticks = [(minute, measured(worker(1)), HELD if minute % 3 else FREE) for minute in range(60)]
    flapping = [(minute, *rest) for minute, *rest in ticks]
    told = tell(*[(minute, look, decision) for minute, look, decision in flapping])
    assert len(told) <= 1


def test_blindness_is_reported_when_it_lasts_and_a_single_measurement_ends_it() -> None:
    blind = [(minute, NoMeasurement("timeout"), FREE) for minute in range(30)]
    told = tell(*blind, (30, measured(worker(1)), FREE))
    assert [(minute, event.state) for minute, event in told] == [
        (10, State.OPEN),
        (30, State.RESOLVED),
    ]
    assert told[0][1].facts["kept"] == "1"


def test_a_cluster_left_asleep_is_no_blindness() -> None:
    asleep = NoMeasurement("nobody uses the database", paused=True)
    assert tell(*((minute, asleep, FREE) for minute in range(60))) == []


def test_a_limit_outlasts_ticks_without_a_measurement() -> None:
    held = [(minute, measured(worker(1)), HELD) for minute in range(4)]
    told = tell(*held, (4, NoMeasurement("timeout"), FREE), (5, measured(worker(1)), HELD))
    assert [event.state for _, event in told] == [State.OPEN]


@pytest.mark.parametrize(
    "look",
    [
        measured(),
        replace(measured(worker(1)), dead_workers=(worker(2, 3, age=400),)),
    ],
    ids=["no worker beats", "a dead worker holds jobs"],
)
def test_dead_workers_are_reported_after_ten_minutes(look: Measurement) -> None:
    told = tell(*((minute, look, FREE) for minute in range(15)))
    assert [(minute, event.kind) for minute, event in told] == [(10, "WorkersDead")]


def test_a_service_without_tasks_has_no_dead_workers() -> None:
    ticks = [(float(minute), measured(), FREE) for minute in range(30)]
    assert tell(*ticks, service=ServiceState(0, 0)) == []


KILLED = replace(measured(worker(1)), dead_workers=(replace(worker(2, age=30), replaced=True),))
NOT_DISPATCHED = replace(measured(worker(1)), due_jobs_whose_dispatcher_is_missing=40)
MISSING = Decision(5, "5 kept: 4 of 5 asked for have not come up", Memory(), 5, HeldBy.MISSING)


@pytest.mark.parametrize(("times", "sent"), [(2, []), (3, ["CountChanged"]), (7, ["CountChanged"])])
def test_counts_that_others_change_are_notified_from_the_third_in_a_day_on(
    times: int, sent: list[str]
) -> None:
    changes = tuple(NOW - timedelta(hours=hours) for hours in range(times))
    memory = Memory(service=ServiceMemory(changed_by_others=changes))
    ticks = [(minute, measured(worker(1)), FREE._replace(memory=memory)) for minute in range(3)]
    assert [event.kind for _, event in tell(*ticks)] == sent


def test_killed_workers_are_notified_once_with_their_hosts() -> None:
    sent = tell(*((minute, KILLED, FREE) for minute in range(5)))
    assert [(minute, event.kind) for minute, event in sent] == [(0, "WorkersKilled")]


def test_due_jobs_without_a_dispatcher_are_notified_when_it_lasts() -> None:
    sent = tell(*((minute, NOT_DISPATCHED, FREE) for minute in range(5)))
    assert [(minute, event.kind) for minute, event in sent] == [(2, "NoDispatcher")]
    asleep = replace(NOT_DISPATCHED, workers=())
    quiet = tell(*((minute, asleep, FREE) for minute in range(5)), service=ServiceState(0, 0))
    assert quiet == []


def test_missing_tasks_are_notified_with_the_reason_and_are_no_limit() -> None:
    sent = tell(*((minute, measured(worker(1)), MISSING) for minute in range(5)))
    assert [(event.kind, event.text) for _, event in sent] == [("WorkersMissing", MISSING.reason)]
