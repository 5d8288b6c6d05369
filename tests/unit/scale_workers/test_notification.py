"""The words of what people are notified of; all other tests assert on fields."""

from copy import replace
from datetime import timedelta

import pytest

from scale_workers.policy.history import Memory, ServiceMemory
from scale_workers.policy.model import NoMeasurement, Reverted, ServiceState
from scale_workers.policy.notification import ended, words
from scale_workers.policy.outcome import Decision, HeldBy
from scale_workers.policy.troubles import Kind, Tick
from tests.runbook_table import sections_of
from tests.unit.scale_workers.tick_world import NOW, measured, worker

CHANGES = tuple(NOW - timedelta(hours=hours) for hours in (9, 5, 1))
DECISION = Decision(
    1,
    "the reason",
    Memory(service=ServiceMemory(changed_by_others=CHANGES)),
    14,
    HeldBy.MAXIMUM,
)
QUEUE = replace(
    measured(worker(1)),
    dead_workers=(
        replace(worker(2, age=30), replaced=True),
        replace(worker(3, 2, age=400), hostname="ip-10-9-9-9"),
    ),
    due_jobs_whose_dispatcher_is_missing=40,
)
REVERTED = Reverted("v1", ("AWSPREVIOUS",), NOW, "saved", "make rotate")
STATE = ServiceState(1, 1, foreign=("laptop.local",))
TICK = Tick(QUEUE, STATE, DECISION, speaks_for_all=True)
NOW_SHOWN = f"{NOW:%Y-%m-%d at %H:%M}"


@pytest.mark.parametrize(
    ("kind", "tick", "title", "text"),
    [
        (Kind.AT_LIMIT, TICK, "Workers held at 1 task, 14 are required", "the reason"),
        (Kind.BLIND, TICK, "The queue can't be measured", "the reason"),
        (Kind.MISSING, TICK, "Worker tasks don't come up", "the reason"),
        (
            Kind.DEAD,
            TICK,
            "Workers are dead",
            "2 jobs held by workers without a current heartbeat.",
        ),
        (
            Kind.DEAD,
            TICK._replace(measurement=measured()),
            "Workers are dead",
            "1 running task, but no worker in them has a heartbeat.",
        ),
        (
            Kind.KILLED,
            TICK,
            "1 worker was killed and replaced",
            f"Their supervisors have started others in their place, on {worker(2).hostname}."
            " Most often the kernel kills for want of memory.",
        ),
        (
            Kind.NO_DISPATCHER,
            TICK,
            "Due jobs are not dispatched",
            "Workers run, but no dispatcher has a heartbeat: 40 jobs waiting for one.",
        ),
        (
            Kind.NO_DISPATCHER,
            TICK._replace(
                measurement=replace(
                    measured(worker(1)), dispatchers=1, blocked_jobs_whose_dispatcher_is_missing=4
                )
            ),
            "Due jobs are not dispatched",
            "Workers run, but no dispatcher lets blocked jobs through (concurrency_maintenance:"
            " false): 4 jobs waiting for one.",
        ),
        (
            Kind.FOREIGN,
            TICK,
            "1 worker belongs to no service",
            "They are left aside: laptop.local. Another host, the Puma plugin or a laptop may run"
            " Solid Queue on this database; or their service is missing in WorkerServices.",
        ),
        (
            Kind.COUNT_CHANGED,
            TICK,
            "Somebody else changes the number of worker tasks",
            f"3 times in a day, last at {CHANGES[-1]:%Y-%m-%d %H:%M} UTC: two scalers fight."
            " Terraform needs lifecycle { ignore_changes = [desired_count] } on the service; any"
            " other scaling policy of it must go.",
        ),
        (
            Kind.REVERTED,
            TICK._replace(measurement=NoMeasurement("refused", reverted=REVERTED)),
            "The database refuses the secret's current password and accepts another version's",
            f"Version v1 (AWSPREVIOUS) is accepted: on {NOW_SHOWN} UTC a text with another password"
            " was saved. New tasks can't log in. A rotation sets both right: make rotate",
        ),
    ],
)
def test_each_trouble_has_a_title_and_a_text(kind: Kind, tick: Tick, title: str, text: str) -> None:
    assert words(kind, tick) == (title, text)
    (section,) = sections_of(title)
    assert section.endswith(kind.value.lower())


@pytest.mark.parametrize("kind", Kind)
def test_an_end_says_what_is_over_without_the_figures_of_now(kind: Kind) -> None:
    over = Tick(measured(worker(1)), ServiceState(1, 1), Decision(1, "", Memory(), 1), True)
    title, text = ended(kind, over)
    assert title.startswith("Over: ")
    assert not any(letter.isdigit() for letter in title)
    assert text == ""
