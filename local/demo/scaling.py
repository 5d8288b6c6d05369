"""The story of a backlog: tasks come, drain it, and go, and no running job is broken."""

import json
import time
from itertools import pairwise
from typing import Any

import psycopg

from local.database_login import connect
from local.demo import scaling_services
from local.demo.hurry import hurried
from local.demo.narrator import Narrator
from local.ecs import Call
from local.solid_queue.jobs import counts, enqueue
from local.world import World
from paths import ROOT

JOBS, JOB_SECONDS = 1200, 0.1
LONG_JOBS, LONG_JOB_SECONDS = 3, 15.0
TICK_SECONDS = 1.5
MOST_TICKS = 30
# A minute is played in a second and a half: the deployed function's times are shortened likewise.
HURRY = {
    "TICK_SECONDS": "1.5",
    "START_UP_SECONDS": "2",
    "TARGET_LATENCY_SECONDS": "4",
    "PATIENCE_SECONDS": "3",
}


def play(world: World, say: Narrator) -> None:
    """Tick by tick, through the deployed function, on workers that really run."""
    say.title("Scaling: as many worker tasks as the queue requires")
    with (
        hurried(world, "ScaleWorkers", HURRY),
        connect(world.login(), world.postgres.ca_certificate) as session,
    ):
        _play(world, say, session)
    scaling_services.play(world, say, TICK_SECONDS, HURRY)


def _play(world: World, say: Narrator, session: psycopg.Connection[tuple[Any, ...]]) -> None:
    before = counts(session)["finished"]
    broken_before = len(world.workers.account.broken)
    calls_before = len(world.ecs.calls)
    desired, lowered_meanwhile = [_tick(world)["desired"]], False
    time.sleep(TICK_SECONDS)
    enqueue(session, LONG_JOBS, seconds=LONG_JOB_SECONDS, priority=-1)
    enqueue(session, JOBS, seconds=JOB_SECONDS)
    say.step(
        f"{JOBS:,} jobs of {JOB_SECONDS} s arrive at once, and {LONG_JOBS} of"
        f" {LONG_JOB_SECONDS:.0f} s that occupy the one task there is. A minute is played in"
        f" {TICK_SECONDS} s; each tick is an invocation of the deployed function:"
    )
    for tick in range(1, MOST_TICKS + 1):
        started = time.monotonic()
        answer = _tick(world)
        desired.append(answer["desired"])
        lowered_meanwhile |= desired[-1] < desired[-2] and answer["in_flight"] > 0
        say.step(
            f"{tick:>2}  {_depth(answer):>4} ready  oldest {answer['oldest_wait_seconds']:>4.1f} s"
            f"  {answer['in_flight']:>2} running  tasks {_change(desired)}",
            answer["reason"].partition(": ")[2],
        )
        left = counts(session)
        if desired[-1] == 1 and not left["ready"] and not left["claimed"]:
            break
        time.sleep(max(0.0, TICK_SECONDS - (time.monotonic() - started)))

    calls = world.ecs.calls[calls_before:]
    account = world.workers.account
    done = counts(session)["finished"] - before
    say.expect(
        f"it scaled out, to {max(desired)} tasks, at the first measurement", held=desired[1] > 1
    )
    say.expect(f"all {JOBS + LONG_JOBS:,} jobs are done", held=done == JOBS + LONG_JOBS)
    say.expect("it scaled in again, to the minimum of one task", held=desired[-1] == 1)
    say.expect("tasks were taken away while jobs ran", held=lowered_meanwhile)
    say.expect(
        "each count was lowered only after the busy tasks had been protected",
        held=_lowered_behind_protection(calls),
    )
    broken = len(account.broken) - broken_before
    say.expect(f"{broken} jobs broken", held=broken == 0)


def _tick(world: World) -> dict[str, Any]:
    """Invoke the function as the schedule does, whose own tick may come between."""
    event = json.loads((ROOT / "events" / "scale_workers" / "tick.json").read_text())
    while "overtaken" in (answer := world.invoke("ScaleWorkers", event)):
        pass
    result: dict[str, Any] = answer
    return result


def _depth(answer: dict[str, Any]) -> str:
    return f"{answer['ready']}{'+' if answer['ready_is_at_least'] else ''}"


def _change(desired: list[int]) -> str:
    before, now = desired[-2:]
    return f"{before:>2} → {now:<2}" if before != now else f"     {now:<2}"


def _lowered_behind_protection(calls: list[Call]) -> bool:
    """Whether each count that was lowered came right after a call that protected or released."""
    count, lowered, guarded = 1, 0, 0
    for earlier, call in pairwise(calls):
        if call.operation == "UpdateService":
            wanted = call.request["desiredCount"]
            lowered += wanted < count
            guarded += wanted < count and earlier.operation == "UpdateTaskProtection"
            count = wanted
    return lowered == guarded > 0
