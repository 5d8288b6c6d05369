import gzip
import json
from collections.abc import Callable, Generator
from copy import replace
from pathlib import Path
from typing import Any

import pytest
import simpy

from benchmarks.replay.__main__ import PARAMETERS, BadChange, main, replayed, with_changes
from benchmarks.replay.logs import NoTicks, read_ticks
from benchmarks.replay.traffic import reconstruct
from benchmarks.scaling.cluster import Cluster
from benchmarks.scaling.policies import Ours
from benchmarks.scaling.run import simulate
from benchmarks.scaling.workloads import WORKLOADS, Workload
from local.transform import source
from scale_workers.policy.applied import Applied
from scale_workers.policy.decision import decide
from scale_workers.policy.history import Memory
from scale_workers.policy.model import NoMeasurement, Policy
from scale_workers.report import MESSAGE, Tick
from tests.outputs import assert_shown

RAMP = next(replace(one, hours=0.75) for one in WORKLOADS if one.name == "ramp")
POLICY = Policy()
type Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def lines() -> Lines:
    """Three quarters of an hour of the simulated cluster, as the function logs a dry run."""
    cluster = Cluster(RAMP.jobs(1), tasks=10, threads=3, seed=1)
    logged: Lines = []

    def ticks() -> Generator[simpy.Event, Any]:
        memory = Memory()
        while True:
            seen, service = cluster.measure(POLICY.look_ahead_seconds), cluster.service()
            decision = decide(seen, service, POLICY, memory, cluster.time)
            memory = decision.memory
            applied = Applied(service.desired)
            tick = Tick(
                cluster.time, "jobs", seen, service, POLICY, decision, applied, dry_run=True
            )
            logged.append({"level": "INFO", "message": MESSAGE, "tick": tick.as_json()})
            yield cluster.env.timeout(60)

    cluster.env.process(ticks())
    cluster.run(RAMP.hours * 3600)
    # As they come back from a file.
    result: Lines = json.loads(json.dumps(logged))
    return result


def as_lines(lines: Lines) -> bytes:
    return "\n".join(["START RequestId: 1", *map(json.dumps, lines), "{cut sho"]).encode()


def as_tail(lines: Lines) -> bytes:
    return "\n".join(
        f"2026-01-05T00:00:00 2026/01/05/[$LATEST]ab {json.dumps(one)}" for one in lines
    ).encode()


def as_filtered(lines: Lines) -> bytes:
    events = [{"timestamp": 1, "message": json.dumps(one) + "\n"} for one in lines]
    return json.dumps({"events": events, "searchedLogStreams": []}).encode()


def as_insights(lines: Lines) -> bytes:
    rows = [[{"field": "@message", "value": json.dumps(one)}] for one in lines]
    return json.dumps({"results": rows, "status": "Complete"}).encode()


def as_export(lines: Lines) -> bytes:
    return gzip.compress(
        "\n".join(f"2026-01-05T00:00:00.000Z {json.dumps(one)}" for one in lines).encode()
    )


@pytest.mark.parametrize("shape", [as_lines, as_tail, as_filtered, as_insights, as_export])
def test_reads_every_shape_that_cloudwatch_gives(
    lines: Lines, tmp_path: Path, shape: Callable[[Lines], bytes]
) -> None:
    file = tmp_path / "logs"
    file.write_bytes(shape(lines))
    ticks = read_ticks(file)
    assert len(ticks) == len(lines)
    assert ticks[0].policy == POLICY


def test_a_tick_that_was_exported_twice_counts_once(lines: Lines, tmp_path: Path) -> None:
    file = tmp_path / "logs"
    file.write_bytes(as_lines([*lines[:5], *lines[:5]]))
    assert len(read_ticks(file)) == 5


def test_says_so_where_there_is_no_tick(tmp_path: Path) -> None:
    file = tmp_path / "logs"
    file.write_text('{"message": "something else"}\n')
    with pytest.raises(NoTicks):
        read_ticks(file)


def test_a_tick_without_a_measurement_is_kept(lines: Lines, tmp_path: Path) -> None:
    blind = json.loads(json.dumps(lines[1]))
    del blind["tick"]["measurement"]
    blind["tick"]["not_measured"] = {"why": NoMeasurement("timeout").why, "paused": False}
    file = tmp_path / "logs"
    file.write_bytes(as_lines([lines[0], blind, lines[2]]))
    ticks = read_ticks(file)
    assert [tick.measurement is None for tick in ticks] == [False, True, False]
    assert reconstruct(ticks, 1).covered == 1


def test_finds_the_jobs_that_came(lines: Lines, tmp_path: Path) -> None:
    # GIVEN the log of three quarters of an hour of a known stream
    file = tmp_path / "logs"
    file.write_bytes(as_lines(lines))
    traffic = reconstruct(read_ticks(file), 1)
    known = [job for job in RAMP.jobs(1) if job.ready_at < traffic.seconds]
    # THEN as many jobs are found, of about the same mean service time
    assert len(traffic.jobs) == pytest.approx(len(known), abs=60)
    mean = sum(job.service_seconds for job in known) / len(known)
    assert traffic.mean_service_seconds == pytest.approx(mean, rel=0.25)
    assert traffic.threads == 3


def test_replays_near_to_what_the_stream_itself_gives(lines: Lines, tmp_path: Path) -> None:
    file = tmp_path / "logs"
    file.write_bytes(as_lines(lines))
    traffic = reconstruct(read_ticks(file), 1)
    again = replayed(traffic, Ours(POLICY), 60, tasks=1, seed=1)
    itself = simulate(
        Workload("same", RAMP.hours, lambda *_: iter(RAMP.jobs(1)), ""), 1, Ours(POLICY)
    )
    assert again.task_hours == pytest.approx(itself.task_seconds / 3600, rel=0.25)
    in_time = sum(wait <= 60 for wait in itself.waits) / len(itself.waits)
    assert again.in_time == pytest.approx(in_time, abs=0.15)


def test_prints_what_other_parameters_would_have_made_of_it(
    lines: Lines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "logs"
    file.write_bytes(as_lines(lines))
    assert main([str(file), "MaxTasks=6", "TargetLatencySeconds=120"]) == 0
    assert_shown("replay", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("max=3", "max"),
        ("MaxTasks=many", "MaxTasks"),
        ("target_latency_seconds=0", "target_latency_seconds"),
        ("start_up_seconds=0", "start_up_seconds"),
    ],
)
def test_a_parameter_that_does_not_exist_or_can_t_be_so_is_named(change: str, name: str) -> None:
    with pytest.raises(BadChange) as refused:
        with_changes(POLICY, [change])
    assert refused.value.name == name


def test_the_template_s_parameters_are_the_policy_s_fields() -> None:
    assert set(PARAMETERS) <= set(source()["Parameters"])
    changed = with_changes(POLICY, [f"{name}=7" for name in PARAMETERS])
    budget = changed.connections
    assert (changed.min_tasks, changed.max_tasks) == (7, 7)
    assert (budget.per_web_task, budget.per_worker_task) == (7, 7)
    assert (changed.target_latency_seconds, changed.start_up_seconds) == (7, 7)


def test_parameters_of_the_connection_budget_can_be_set() -> None:
    assert with_changes(POLICY, ["connections.reserve=30"]).connections.reserve == 30


def test_of_several_services_one_is_replayed(tmp_path: Path, lines: Lines) -> None:
    both: Lines = []
    for line in lines:
        both += [line, {**line, "tick": {**line["tick"], "name": "bulk", "applied": 7}}]
    path = tmp_path / "ticks.json"
    path.write_bytes(as_lines(both))
    assert {tick.name for tick in read_ticks(path)} == {"jobs"}
    assert {tick.applied for tick in read_ticks(path, "bulk")} == {7}
    with pytest.raises(NoTicks) as none:
        read_ticks(path, "critical")
    assert none.value.service == "critical"
