"""What holds for every measurement, policy and memory."""

from copy import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ops_common.answers.queue import Completed, Measurement, QueueDepth, Worker
from scale_workers.policy.decision import decide
from scale_workers.policy.history import (
    Arrivals,
    Burst,
    Memory,
    Missing,
    RequiredTasks,
    ServiceMemory,
)
from scale_workers.policy.model import ConnectionBudget, NoMeasurement, Policy, ServiceState, Share

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)

counts = st.integers(0, 10**7)
few = st.integers(0, 30)
seconds = st.floats(0, 10**5)

policies = st.builds(
    lambda minimum, more, **values: Policy(min_tasks=minimum, max_tasks=minimum + more, **values),
    minimum=st.integers(0, 3),
    more=st.integers(1, 20),
    target_latency_seconds=st.floats(1, 3_600),
    threads_per_task=st.integers(1, 20),
    start_up_seconds=st.floats(1, 600),
    tick_seconds=st.floats(1, 300),
    patience_seconds=st.floats(0, 1_800),
    scale_in_step=st.integers(1, 10),
    connections=st.builds(
        ConnectionBudget,
        max_connections=st.integers(0, 2_000),
        per_worker_task=st.integers(1, 30),
    ),
)
services = st.builds(
    ServiceState,
    desired=few,
    running=few,
    pending=few,
    rolling_out=st.booleans(),
    busy=st.none() | few,
    web_tasks=few,
    allowance=st.none(),
    missing_because=st.just(""),
    share=st.none()
    | st.just(Share(frozenset({"a", "b"}), {"default": 1.0, "mail": 0.5}))
    | st.just(Share(frozenset({"a", "b"}))),
)
workers = st.lists(
    st.builds(
        Worker,
        hostname=st.sampled_from(["a", "b", "c"]),
        threads=st.integers(0, 50),
        queues=st.sampled_from([("*",), ("default",), ("ma*", "video"), ()]),
        in_flight=few,
        heartbeat_age_seconds=seconds,
    ),
    max_size=5,
).map(tuple)
measurements = st.builds(
    Measurement,
    taken_at=st.just(NOW),
    queues=st.lists(
        st.builds(
            QueueDepth,
            name=st.sampled_from(["default", "mail", "video"]),
            ready=counts,
            paused=st.booleans(),
            ready_is_at_least=st.booleans(),
        ),
        max_size=4,
    ).map(tuple),
    oldest_wait_seconds=seconds,
    median_wait_seconds=seconds,
    in_flight=few,
    long_running=few,
    due_scheduled=counts,
    soon_due_scheduled=counts,
    recurring_soon=few,
    completed=st.none()
    | st.builds(Completed, window_seconds=st.floats(1, 300), jobs=counts).map(lambda one: (one,)),
    enqueued_total=st.none() | counts,
    started_total=st.none() | counts,
    workers=workers,
    dead_workers=workers,
)
times = st.floats(-7_200, 7_200).map(lambda ago: NOW - timedelta(seconds=ago))
memories = st.builds(
    Memory,
    measured_at=st.none() | times,
    enqueued_total=st.none() | counts,
    started_total=st.none() | counts,
    waiting=counts,
    estimated=counts,
    oldest_wait_seconds=seconds,
    in_flight=few,
    threads=few,
    arrivals=st.lists(st.builds(Arrivals, seconds=st.floats(1, 600), jobs=counts), max_size=30).map(
        tuple
    ),
    busy_seconds=seconds,
    long_running=few,
    long_seconds=seconds,
    finished_jobs=seconds,
    soon_due=st.lists(counts, max_size=6).map(tuple),
    bursts=st.lists(
        st.builds(
            Burst,
            at=st.sampled_from([1, 60, 119, 120, 180]).map(
                lambda ago: NOW - timedelta(minutes=ago)
            ),
            jobs=counts,
        ),
        max_size=8,
    ).map(tuple),
    required=st.lists(st.builds(RequiredTasks, at=times, tasks=few, steady=few), max_size=10).map(
        tuple
    ),
    last_change_at=st.none() | times,
    service=st.builds(
        ServiceMemory,
        missing=st.lists(st.builds(Missing, at=times, tasks=few), max_size=3).map(tuple),
        changed_by_others=st.just(()),
        lists=st.just(()) | st.just(((("default",), 3), (("ma*", "video"), 5))),
        counts=st.just(()),
        idle_beside=st.just(()) | st.just(("mail",)),
        ready_total=st.none() | counts,
    ),
    pools=st.just({}),
)


def ceiling_of(policy: Policy, service: ServiceState) -> int:
    budget = policy.connections.worker_tasks(service.web_tasks)
    return max(policy.min_tasks, min(policy.max_tasks, 10**9 if budget is None else budget))


@given(measurements, services, policies, memories)
def test_stays_between_the_limits_or_moves_towards_them(measurement, service, policy, memory):
    decision = decide(measurement, service, policy, memory, NOW)
    ceiling = ceiling_of(policy, service)
    if decision.desired > service.desired:
        assert policy.min_tasks <= decision.desired <= ceiling
    if decision.desired < service.desired:
        assert decision.desired >= policy.min_tasks
    if service.desired < policy.min_tasks:
        assert decision.desired >= policy.min_tasks


@given(measurements, services, policies, memories)
def test_never_takes_more_than_a_step_nor_a_busy_task(measurement, service, policy, memory):
    decision = decide(measurement, service, policy, memory, NOW)
    assert decision.desired >= service.desired - policy.scale_in_step
    if decision.desired < service.desired:
        assert not service.rolling_out
        if service.busy is not None:
            assert decision.desired >= service.busy


@given(services, policies, memories, st.booleans())
def test_never_scales_in_without_a_measurement(service, policy, memory, paused):
    decision = decide(NoMeasurement("why", paused), service, policy, memory, NOW)
    assert decision.desired >= service.desired
    if paused:
        assert decision.desired == service.desired


@given(measurements, services, policies, memories, st.integers(1, 10**6))
def test_wants_no_fewer_tasks_for_more_ready_jobs(measurement, service, policy, memory, more):
    # Jobs that nobody takes bring no task.
    takers = tuple(replace(worker, queues=("*",)) for worker in measurement.workers)
    measurement = replace(measurement, workers=takers)
    deeper = replace(
        measurement, queues=(*measurement.queues, QueueDepth("default", more, paused=False))
    )
    # The same stream of arrivals: what is more came before the last measurement.
    before = replace(memory, waiting=memory.waiting + more)
    required = decide(measurement, service, policy, memory, NOW).required
    assert decide(deeper, service, policy, before, NOW).required >= required


@given(measurements, services, policies, memories, st.integers(0, 10**6))
def test_wants_no_fewer_tasks_for_more_jobs_due_soon(measurement, service, policy, memory, more):
    sooner = replace(measurement, soon_due_scheduled=measurement.soon_due_scheduled + more)
    required = decide(measurement, service, policy, memory, NOW).required
    assert decide(sooner, service, policy, memory, NOW).required >= required


@given(measurements, services, policies, memories, st.floats(1, 3_600))
def test_wants_no_fewer_tasks_for_an_older_backlog(measurement, service, policy, memory, more):
    older = replace(measurement, oldest_wait_seconds=measurement.oldest_wait_seconds + more)
    required = decide(measurement, service, policy, memory, NOW).required
    # When a burst began is told by its oldest job: only the same bursts compare.
    after = decide(older, service, policy, memory, NOW)
    assert after.required >= required or after.memory.bursts != memory.bursts


@given(measurements, services, policies, memories)
def test_the_memory_survives_its_json(measurement, service, policy, memory):
    after = decide(measurement, service, policy, memory, NOW).memory
    assert Memory.from_json(after.as_json()) == after


@settings(max_examples=40)
@given(
    st.integers(0, 3_000),
    st.floats(0.05, 60),
    st.integers(1, 10),
    st.integers(1, 10),
)
def test_settles_under_a_constant_load(jobs_per_minute, service_seconds, tasks, threads):
    # GIVEN the same minute again and again, with as many threads at work as Little's law says
    policy = Policy(max_tasks=10)
    load = min(jobs_per_minute / 60 * service_seconds, tasks * threads)
    memory, now, desired, history = Memory(), NOW, tasks, []
    for minute in range(1, 91):
        now += timedelta(seconds=60)
        measurement = Measurement(
            taken_at=now,
            queues=(),
            oldest_wait_seconds=0,
            in_flight=round(load),
            enqueued_total=minute * jobs_per_minute,
            started_total=minute * jobs_per_minute,
            workers=tuple(Worker(str(n), threads, ("*",), 0, 1) for n in range(desired)),
        )
        service = ServiceState(desired, desired, busy=0)
        decision = decide(measurement, service, policy, memory, now)
        memory, desired = decision.memory, decision.desired
        history.append(desired)
    # THEN within the first hour the count has found its place, and stays
    assert len(set(history[60:])) == 1
