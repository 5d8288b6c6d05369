"""Which service works on which queue, and whose a worker is."""

import pytest

from ops_common.answers.queue import QueueDepth, QueueFlow, Worker
from scale_workers.policy.history import Memory
from scale_workers.policy.model import Policy, Share
from scale_workers.policy.pools import divide
from scale_workers.policy.service_policies import BadPolicy, service_policies
from scale_workers.policy.shares import foreign_workers, share_of
from tests.unit.scale_workers.two_measurements import seen

NOTHING_GIVEN = {"critical": (), "bulk": ()}
QUEUES = tuple(QueueDepth(name, 10) for name in ("urgent", "imports", "other"))


def workers(**lists: tuple[str, ...]) -> tuple[Worker, ...]:
    return tuple(Worker(host, 3, queues, 0, 20) for host, queues in lists.items())


HOSTS = {"critical": frozenset({"a"}), "bulk": frozenset({"b"})}


def test_a_single_service_owns_everything() -> None:
    measurement = seen(queues=QUEUES, workers=workers(a=("*",)))
    hosts = {"critical": frozenset({"a"})}
    assert share_of("critical", hosts, NOTHING_GIVEN, measurement) is None


def test_a_foreign_worker_is_left_aside() -> None:
    measurement = seen(queues=QUEUES, workers=workers(a=("*",), laptop=("*",)))
    hosts = {"critical": frozenset({"a"})}
    assert share_of("critical", hosts, NOTHING_GIVEN, measurement) == Share(frozenset({"a"}))
    assert foreign_workers(hosts, measurement) == ("laptop",)


def test_where_no_worker_belongs_to_a_task_names_show_nothing() -> None:
    measurement = seen(queues=QUEUES, workers=workers(laptop=("*",)))
    hosts = {"critical": frozenset[str]()}
    assert share_of("critical", hosts, NOTHING_GIVEN, measurement) is None
    assert foreign_workers(hosts, measurement) == ()


def test_a_queue_is_for_the_service_that_names_it_most_closely() -> None:
    measurement = seen(queues=QUEUES, workers=workers(a=("urgent", "im*"), b=("*",)))
    shares = {name: share_of(name, HOSTS, NOTHING_GIVEN, measurement) for name in HOSTS}
    assert shares["critical"] == Share(frozenset({"a"}), {"urgent": 1.0, "imports": 1.0})
    assert shares["bulk"] == Share(frozenset({"b"}), {"other": 1.0})


def test_services_that_name_it_equally_share_its_jobs() -> None:
    measurement = seen(queues=QUEUES[:1], workers=workers(a=("*",), b=("*",)))
    for name in HOSTS:
        share = share_of(name, HOSTS, NOTHING_GIVEN, measurement)
        assert share is not None
        assert share.portions == {"urgent": 0.5}


def test_lists_are_given_while_no_worker_lives() -> None:
    measurement = seen(queues=QUEUES, workers=workers(a=("urgent",)))
    hosts = {"critical": frozenset({"a"}), "bulk": frozenset[str]()}
    given = {"critical": (), "bulk": (("imports",),)}
    share = share_of("bulk", hosts, given, measurement)
    assert share is not None
    assert share.portions == {"imports": 1.0}
    # Without any, what nobody else takes may be its.
    share = share_of("bulk", hosts, NOTHING_GIVEN, measurement)
    assert share is not None
    assert share.portions == {"imports": 1.0, "other": 1.0}


def test_a_policy_for_each_service_is_read() -> None:
    text = "critical: max=4 target=10; bulk: min=0 max=20 queues=imports,low imports.target=7200"
    found = service_policies(text, Policy(min_tasks=1), ("critical", "bulk"))
    critical, bulk = found["critical"].policy, found["bulk"].policy
    assert (critical.max_tasks, critical.target_latency_seconds) == (4, 10)
    assert critical.min_tasks == 1
    assert (bulk.min_tasks, bulk.queues) == (0, ("imports", "low"))
    assert bulk.queue_targets == {"imports": 7200}
    assert service_policies("", Policy(), ("critical",)) == {}


def test_a_policy_may_be_as_low_as_it_makes_sense() -> None:
    text = "critical: min=0 max=1 target=1 threads=1 low.target=0 08:00-09:00.max=0 latency=metric"
    found = service_policies(text, Policy(), ("critical",))["critical"]
    assert (found.policy.min_tasks, found.policy.max_tasks) == (0, 1)
    assert (found.policy.target_latency_seconds, found.policy.threads_per_task) == (1, 1)
    assert found.policy.queue_targets == {"low": 0}
    assert [(bound.minimum, bound.maximum) for bound in found.by_clock] == [(None, 0)]
    assert found.latency_metric


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("other: max=4", "other"),
        ("critical", "critical"),
        ("critical: most=4", "most=4"),
        ("critical: max=four", "max=four"),
        ("critical: max=-1", "max=-1"),
        ("critical: min=5 max=2", "max=2"),
        ("critical: min=0 max=0", "max=0"),
        ("critical: min=-1", "min=-1"),
        ("critical: threads=0", "threads=0"),
        ("critical: target=0.9", "target=0.9"),
        ("critical: target=1000000000", "target=1000000000"),
        ("critical: low.target=-1", "low.target=-1"),
        ("critical: .target=5", ".target=5"),
        ("critical: latency=5", "latency=5"),
        ("critical: 08:00-09:00.min=-1", "08:00-09:00.min=-1"),
    ],
)
def test_what_is_wrong_in_it_is_named(text: str, part: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        service_policies(text, Policy(), ("critical", "bulk"))
    assert refused.value.part == part


def test_a_shared_queues_every_figure_is_divided() -> None:
    flow = QueueFlow(
        "urgent",
        in_flight=8,
        long_running=6,
        due_scheduled=20,
        soon_due_scheduled=40,
        completed=100,
    )
    depth = QueueDepth("urgent", 10, estimate=30)
    measurement = seen(queues=(depth,), flows=(flow,), workers=workers(a=("*",), b=("*",)))
    share = Share(HOSTS["critical"], {"urgent": 0.5})
    (group,) = divide(measurement, share, Memory(), Policy()).groups
    assert group.view.queues == (QueueDepth("urgent", 5, estimate=15),)
    assert group.view.flows == (QueueFlow("urgent", 4, 3, 10, 20, 50),)
