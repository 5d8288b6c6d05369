"""What a tick finds wrong: which troubles it sees, which it can't know of, and how bad each is."""

from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from ops_common.ops_events import Severity
from scale_workers.policy.history import Memory, ServiceMemory
from scale_workers.policy.model import NoMeasurement, Reverted, ServiceState, Share
from scale_workers.policy.outcome import Decision, HeldBy
from scale_workers.policy.troubles import OF_THE_QUEUE, Kind, Tick, Trouble, troubles
from tests.unit.scale_workers.tick_world import NOW, measured, worker

WELL = Decision(2, "2 kept", Memory(), 2)
TICK = Tick(measured(worker(1)), ServiceState(1, 1), WELL, speaks_for_all=True)
BLIND_AFTER = 600.0
PAUSED = NoMeasurement("asleep", paused=True)
REFUSED = NoMeasurement(
    "refused", reverted=Reverted("v1", ("AWSPREVIOUS", "MINE"), NOW, "saved", "make rotate")
)
BY_OTHERS = tuple(NOW - timedelta(hours=hours) for hours in (9, 5, 1))


def found(tick: Tick) -> dict[Kind, Trouble]:
    return {one.kind: one for one in troubles(tick, blind_after_seconds=BLIND_AFTER)}


def seen(tick: Tick) -> set[Kind]:
    return {kind for kind, one in found(tick).items() if one.seen}


def queue(**changes: Any) -> Tick:
    return TICK._replace(measurement=replace(measured(worker(1)), **changes))


def dead(*, replaced: bool = False, in_flight: int = 0) -> Tick:
    return queue(dead_workers=(replace(worker(2, in_flight, age=400), replaced=replaced),))


def decided(held_by: HeldBy, required: int = 14) -> Tick:
    return TICK._replace(decision=Decision(2, "2 kept", Memory(), required, held_by))


def count_changed(times: int) -> Tick:
    memory = Memory(service=ServiceMemory(changed_by_others=BY_OTHERS[:times]))
    return TICK._replace(decision=WELL._replace(memory=memory))


def service(**changes: Any) -> Tick:
    return TICK._replace(service=replace(ServiceState(1, 1), **changes))


CASES = [
    ("all is well", TICK, set()),
    ("held at the maximum", decided(HeldBy.MAXIMUM), {Kind.AT_LIMIT}),
    ("tasks don't come up", decided(HeldBy.MISSING), {Kind.MISSING}),
    ("a rollout", decided(HeldBy.ROLLOUT), set()),
    ("changed by others twice", count_changed(2), set()),
    ("changed by others three times", count_changed(3), {Kind.COUNT_CHANGED}),
    ("a dead worker that held nothing", dead(), set()),
    ("a dead worker that holds jobs", dead(in_flight=1), {Kind.DEAD}),
    ("a worker that was replaced", dead(replaced=True), {Kind.KILLED}),
    ("no worker speaks", queue(workers=()), {Kind.DEAD}),
    (
        "a due job, no dispatcher",
        queue(due_jobs_whose_dispatcher_is_missing=1),
        {Kind.NO_DISPATCHER},
    ),
    (
        "a blocked job, no dispatcher",
        queue(blocked_jobs_whose_dispatcher_is_missing=1),
        {Kind.NO_DISPATCHER},
    ),
    (
        "nothing runs that could dispatch",
        queue(due_jobs_whose_dispatcher_is_missing=1, workers=())._replace(
            service=ServiceState(0, 0)
        ),
        set(),
    ),
    ("no task, no worker", queue(workers=())._replace(service=ServiceState(0, 0)), set()),
    (
        "only another service's workers speak",
        service(share=Share(frozenset({"elsewhere"}), {})),
        {Kind.DEAD},
    ),
    ("a worker of nobody", service(foreign=("laptop.local",)), {Kind.FOREIGN}),
    ("no measurement", TICK._replace(measurement=NoMeasurement("timeout")), {Kind.BLIND}),
    ("a cluster that sleeps", TICK._replace(measurement=PAUSED), set()),
    (
        "a password that was put back",
        TICK._replace(measurement=REFUSED),
        {Kind.BLIND, Kind.REVERTED},
    ),
]


@pytest.mark.parametrize(("tick", "kinds"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_what_is_wrong_is_seen(tick: Tick, kinds: set[Kind]) -> None:
    assert seen(tick) == kinds
    of_service = seen(tick._replace(speaks_for_all=False))
    # Jobs that dead workers hold may be of any service.
    assert of_service == kinds - OF_THE_QUEUE - (
        {Kind.DEAD} if tick == dead(in_flight=1) else set()
    )


def test_what_a_tick_without_a_measurement_can_t_know_is_left_open() -> None:
    blind = found(TICK._replace(measurement=NoMeasurement("timeout")))
    unknown = {kind for kind, one in blind.items() if one.seen is None}
    assert unknown == {
        Kind.AT_LIMIT,
        Kind.DEAD,
        Kind.MISSING,
        Kind.KILLED,
        Kind.NO_DISPATCHER,
        Kind.FOREIGN,
    }


@pytest.mark.parametrize(
    ("kind", "severity", "opens", "closes"),
    [
        (Kind.AT_LIMIT, Severity.WARNING, 120, 600),
        (Kind.BLIND, Severity.WARNING, BLIND_AFTER, 0),
        (Kind.DEAD, Severity.CRITICAL, 600, 0),
        (Kind.MISSING, Severity.CRITICAL, 0, 0),
        (Kind.KILLED, Severity.WARNING, 0, 600),
        (Kind.NO_DISPATCHER, Severity.CRITICAL, 120, 0),
        (Kind.REVERTED, Severity.CRITICAL, 0, 0),
        (Kind.COUNT_CHANGED, Severity.WARNING, 0, 0),
        (Kind.FOREIGN, Severity.INFO, 600, 24 * 3600),
    ],
)
def test_how_bad_it_is_and_how_long_it_must_last(
    kind: Kind, severity: Severity, opens: float, closes: float
) -> None:
    one = found(TICK)[kind]
    assert (one.severity, one.opens_after_seconds, one.closes_after_seconds) == (
        severity,
        opens,
        closes,
    )


def test_what_a_message_offers_is_among_its_facts() -> None:
    facts = {
        kind: dict(one.facts)
        for kind, one in found(TICK._replace(measurement=REFUSED)).items()
        if one.facts
    }
    assert facts == {
        Kind.AT_LIMIT: {"required": "2"},
        Kind.BLIND: {"kept": "2"},
        Kind.REVERTED: {
            "accepted_version": "v1",
            "labels": "AWSPREVIOUS MINE",
            "cause": "saved",
            "since": NOW.isoformat(),
            "command": "make rotate",
        },
    }
