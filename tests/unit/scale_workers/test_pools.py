"""Workers of one list are a pool; a service requires the most of its groups of pools."""

import json
from dataclasses import replace

import pytest

from ops_common.answers.queue import Measurement, QueueDepth, QueueFlow, Worker
from scale_workers.policy.decision import decide
from scale_workers.policy.history import Memory, ServiceMemory
from scale_workers.policy.model import Policy, ServiceState, Share
from scale_workers.policy.outcome import HeldBy
from scale_workers.policy.pools import MOST_GROUPS, divide
from tests.unit.scale_workers.two_measurements import NOW, seen

STAR, PAIR = ("*",), ("background", "real_time")


def readme(hosts: int = 1) -> tuple[Worker, ...]:
    """Solid Queue's own README: three threads for all, fifteen for two queues."""
    return tuple(
        Worker(f"ip-{host}", threads, queues, 0, 20)
        for host in range(hosts)
        for queues, threads in ((STAR, 3), (PAIR, 5), (PAIR, 5), (PAIR, 5))
    )


def waiting(name: str, jobs: int, oldest: float = 40.0) -> QueueDepth:
    return QueueDepth(name, jobs, oldest_wait_seconds=oldest)


def groups_of(measurement: Measurement, memory: Memory | None = None) -> dict[str, Measurement]:
    pools = divide(measurement, None, memory or Memory(), Policy())
    return {group.name: group.view for group in pools.groups}


def test_one_list_is_the_whole() -> None:
    measurement = seen(40, workers=(Worker("ip-1", 3, STAR, 0, 20),))
    assert list(groups_of(measurement)) == [""]


def test_a_paused_queue_s_rows_do_not_say_when_the_others_came() -> None:
    # GIVEN ten jobs that have come evenly, beside a paused queue's of last week
    queues = (
        replace(waiting("default", 10), median_wait_seconds=20.0),
        replace(waiting("imports", 900, 600_000.0), paused=True),
    )
    measurement = seen(queues=queues, oldest_wait_seconds=40.0, median_wait_seconds=590_000.0)
    # THEN half of those that are worked on have waited for half as long as their oldest
    view = groups_of(measurement)[""]
    assert (view.oldest_wait_seconds, view.median_wait_seconds) == (40.0, 20.0)


def test_jobs_that_only_some_pools_take_are_a_group() -> None:
    queues = (waiting("default", 700), waiting("background", 150))
    views = groups_of(seen(queues=queues, workers=readme()))
    narrow, both = views["*"], views["*|background,real_time"]
    assert [one.name for one in narrow.queues] == ["default"]
    assert sum(one.threads for one in narrow.workers) == 3
    assert [one.name for one in both.queues] == ["default", "background"]
    assert sum(one.threads for one in both.workers) == 18


def test_threads_that_cannot_take_what_waits_do_not_count_for_it() -> None:
    # GIVEN 240 jobs of a second in default, for which three of eighteen threads work
    measurement = seen(queues=(waiting("default", 900, 20.0),), workers=readme())
    policy, one = Policy(), ServiceState(1, 1)
    decision = decide(measurement, one, policy, Memory(), NOW)
    # THEN more tasks are required than if all threads took them
    everyone = tuple(replace(worker, queues=STAR) for worker in readme())
    assert decide(replace(measurement, workers=everyone), one, policy, Memory(), NOW).required == 1
    assert decision.required > 1
    assert decision.requirement is not None
    assert decision.requirement.group.name == "*"


def test_each_group_has_its_own_arrivals_by_what_ended_in_its_queues() -> None:
    first = seen(workers=readme(), enqueued_total=100, started_total=100)
    policy, one = Policy(), ServiceState(1, 1)
    memory = decide(first, one, policy, Memory(), NOW).memory
    # GIVEN a minute in which 120 jobs started, and of those that ended three of four were default's
    flows = (QueueFlow("default", completed=90), QueueFlow("real_time", completed=30))
    later = replace(
        first,
        taken_at=NOW.replace(minute=1),
        flows=flows,
        enqueued_total=220,
        started_total=220,
    )
    memory = decide(later, one, policy, memory, later.taken_at).memory
    assert memory.pools["*"].arrivals[-1].jobs == 90
    assert memory.pools["*|background,real_time"].arrivals[-1].jobs == 120


def test_a_service_without_a_worker_remembers_its_lists() -> None:
    memory = Memory(service=ServiceMemory(lists=((("*",), 3), (("background", "real_time"), 15))))
    measurement = seen(queues=(waiting("default", 90), waiting("real_time", 9)))
    pools = divide(measurement, None, memory, Policy())
    assert {group.name: group.threads_per_task for group in pools.groups} == {
        "*": 3,
        "*|background,real_time": 18,
    }


def test_a_remembered_list_keeps_a_name_with_a_comma() -> None:
    worker = Worker("ip-1", 3, ("a,b",), 0, 20)
    jobs = seen(queues=(waiting("a,b", 90),))
    memory = decide(
        replace(jobs, workers=(worker,)), ServiceState(1, 1), Policy(), Memory(), NOW
    ).memory
    again = Memory.from_json(json.loads(json.dumps(memory.as_json())))
    decision = decide(jobs, ServiceState(0, 0), Policy(min_tasks=0), again, NOW)
    assert decision.pools is not None
    assert decision.pools.unserved == ()
    assert decision.desired > 0


def test_a_worker_that_reports_no_threads_has_one() -> None:
    measurement = seen(9, workers=(Worker("ip-1", 0, STAR, 0, 20),))
    assert divide(measurement, None, Memory(), Policy()).lists == ((("*",), 1),)


def test_of_more_groups_than_are_weighed_the_last_is_all_pools() -> None:
    names = tuple(f"queue_{number:02}" for number in range(MOST_GROUPS + 1))
    workers = tuple(Worker("ip-1", 1, (name,), 0, 20) for name in names)
    measurement = seen(queues=tuple(waiting(name, 1) for name in names), workers=workers)
    groups = divide(measurement, None, Memory(), Policy()).groups
    assert len(groups) == MOST_GROUPS
    assert len(groups[0].view.workers) == 1
    assert len(groups[-1].view.workers) == len(names)


def test_claims_of_the_dead_and_of_nobody_are_no_load() -> None:
    dead = (Worker("ip-9", 3, STAR, 3, 200, long_running=3),)
    measurement = seen(
        in_flight=8, long_running=6, orphaned_claims=2, dead_workers=dead, workers=readme()[:1]
    )
    (view,) = groups_of(measurement).values()
    assert (view.in_flight, view.long_running) == (3, 1)


def test_due_jobs_that_no_dispatcher_moves_bring_no_task() -> None:
    measurement = seen(
        due_scheduled=40, due_jobs_whose_dispatcher_is_missing=40, workers=readme()[:1]
    )
    (view,) = groups_of(measurement).values()
    assert view.due_scheduled == 0
    # A first task brings a dispatcher.
    (view,) = groups_of(replace(measurement, workers=())).values()
    assert view.due_scheduled == 40


def test_due_jobs_of_a_queue_that_nobody_works_on_bring_no_task() -> None:
    flows = (
        QueueFlow("imports", due_scheduled=30, soon_due_scheduled=7),
        QueueFlow("real_time", due_scheduled=10, soon_due_scheduled=5),
    )
    measurement = seen(
        queues=(waiting("imports", 5),),
        flows=flows,
        due_scheduled=40,
        soon_due_scheduled=12,
        workers=(Worker("ip-1", 3, ("real_time",), 0, 20),),
    )
    (view,) = groups_of(measurement).values()
    assert (view.due_scheduled, view.soon_due_scheduled) == (10, 5)


@pytest.mark.parametrize("workers", [(), readme()])
def test_a_service_that_shares_its_queues_has_its_portion(workers) -> None:
    share = Share(frozenset({"ip-0"}), {"default": 0.5})
    queues = (waiting("default", 90), waiting("real_time", 9))
    pools = divide(seen(queues=queues, workers=workers), share, Memory(), Policy())
    assert {(one.name, one.ready) for group in pools.groups for one in group.view.queues} == {
        ("default", 45)
    }


def test_a_queue_with_a_target_of_its_own_weighs_less() -> None:
    queues = (waiting("backfill", 3_000, 200.0),)
    measurement = seen(queues=queues, workers=readme()[:1])
    one = ServiceState(1, 1)
    hurried = decide(measurement, one, Policy(), Memory(), NOW)
    patient = Policy(queue_targets={"backfill": 7_200.0})
    assert hurried.required > decide(measurement, one, patient, Memory(), NOW).required == 1
    ignored = Policy(min_tasks=0, queue_targets={"backfill": 0.0})
    assert decide(measurement, one, ignored, Memory(), NOW).required <= 1


def test_a_deep_queue_weighs_by_its_estimate() -> None:
    # GIVEN 6,000 jobs that may wait twice as long, and half as many with the service's target
    patient = Policy(queue_targets={"backfill": 2 * Policy().target_latency_seconds})
    deep = replace(waiting("backfill", 500), ready_is_at_least=True, estimate=6_000)
    half = replace(deep, estimate=3_000, oldest_wait_seconds=20.0)
    left = []
    for queue, policy in ((deep, patient), (half, Policy())):
        measurement = seen(queues=(queue,), workers=readme()[:1])
        found = decide(measurement, ServiceState(1, 1), policy, Memory(), NOW).requirement
        assert found is not None
        left.append(found.capacity.left)
    assert left[0] == left[1] > 2_000


def test_tasks_that_do_not_come_up_are_not_promised() -> None:
    service = ServiceState(5, 1, missing_because="unable to place a task")
    memory = Memory()
    measurement = seen(queues=(waiting("default", 840),), workers=readme()[:1])
    for minute in range(12):
        at = NOW.replace(minute=minute)
        decision = decide(replace(measurement, taken_at=at), service, Policy(), memory, at)
        memory = decision.memory
        assert (decision.held_by is HeldBy.MISSING) is (minute >= 9), minute
    rolling = service._replace(rolling_out=True)
    assert decide(measurement, rolling, Policy(), memory, NOW).held_by is not HeldBy.MISSING


def test_jobs_of_other_queues_count_whole_beside_one_with_a_target_of_its_own() -> None:
    # GIVEN six hundred jobs with the service's target, and one that may wait for two hours
    queues = (waiting("default", 600), waiting("backfill", 1))
    measurement = seen(queues=queues, workers=(Worker("ip-1", 3, STAR, 0, 20),))
    patient = Policy(queue_targets={"backfill": 7_200.0})
    one = ServiceState(1, 1)
    beside = decide(measurement, one, patient, Memory(), NOW)
    alone = replace(measurement, queues=queues[:1])
    assert beside.required == decide(alone, one, patient, Memory(), NOW).required > 1


def test_the_whole_keeps_its_median_wait() -> None:
    measurement = seen(40, workers=(Worker("ip-1", 3, STAR, 0, 20),))
    assert groups_of(replace(measurement, median_wait_seconds=7.0))[""].median_wait_seconds == 7.0


def test_a_job_that_runs_on_is_not_an_arrival_of_its_group() -> None:
    running = (QueueFlow("default", in_flight=1), QueueFlow("real_time"))
    first = seen(
        workers=readme(), flows=running, in_flight=1, enqueued_total=100, started_total=100
    )
    one = ServiceState(1, 1)
    memory = decide(first, one, Policy(), Memory(), NOW).memory
    later = replace(
        first,
        taken_at=NOW.replace(minute=1),
        flows=(QueueFlow("default", in_flight=1, completed=90), QueueFlow("real_time")),
        enqueued_total=190,
        started_total=190,
    )
    memory = decide(later, one, Policy(), memory, later.taken_at).memory
    assert memory.pools["*"].arrivals[-1].jobs == 90


def test_where_finished_jobs_are_not_kept_what_runs_shows_whose_they_were() -> None:
    # GIVEN three of four running jobs in default, and nothing that says what ended
    running = (QueueFlow("default", in_flight=3), QueueFlow("real_time", in_flight=1))
    first = seen(
        workers=readme(), flows=running, in_flight=4, enqueued_total=100, started_total=100
    )
    one = ServiceState(1, 1)
    memory = decide(first, one, Policy(), Memory(), NOW).memory
    later = replace(first, taken_at=NOW.replace(minute=1), enqueued_total=220, started_total=220)
    memory = decide(later, one, Policy(), memory, later.taken_at).memory
    assert memory.pools["*"].arrivals[-1].jobs == 90
    assert memory.pools["*|background,real_time"].arrivals[-1].jobs == 120


def test_recurring_tasks_count_for_all_pools_together_alone() -> None:
    """In which queue the next one comes is not known."""
    queues = (waiting("default", 1), waiting("background", 1))
    views = groups_of(seen(queues=queues, workers=readme(), recurring_soon=1))
    assert {name: view.recurring_soon for name, view in views.items()} == {
        "*": 0,
        "*|background,real_time": 1,
    }
