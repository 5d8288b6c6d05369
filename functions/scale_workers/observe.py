"""What a tick finds: services, memories, policies in force, one measurement, tasks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.answers.queue import Measurement
from ops_common.ecs import Rollout, Service
from ops_common.observability import logger
from ops_common.scaling_hold import Hold
from scale_workers.activity import newly_used
from scale_workers.memory import Remembered
from scale_workers.policy.clock import bounded
from scale_workers.policy.in_force import fires_recurring, with_hold, with_measured
from scale_workers.policy.model import NoMeasurement, Policy, ServiceState
from scale_workers.policy.queues import QueueList
from scale_workers.policy.shares import foreign_workers, share_of
from scale_workers.ports import Ports, WorkerPorts
from scale_workers.settings import Settings
from scale_workers.tasks import Task, hosts_of, occupation

DEPLOYMENT_FAILED = "its deployment has failed, and until the next one ECS starts no task for it"


class Observed(NamedTuple):
    """The world at one tick; each mapping is by worker service."""

    measurement: Measurement | NoMeasurement
    services: Mapping[str, Service]
    web_tasks: int
    """Of the web services (the greater of desired and running)."""
    remembered: Mapping[str, Remembered]
    policies: Mapping[str, Policy]
    states: Mapping[str, ServiceState]
    aside: Mapping[str, frozenset[str]]
    """Hostnames of workers that aren't the service's own."""
    strange: tuple[str, ...]
    """Hostnames of workers that belong to no task that was listed."""


def observe(ports: Ports, settings: Settings, now: datetime) -> Observed:
    """Everything as it is now; the queue is measured at most once.

    Raises what ECS raises: without the services' state there is nothing to decide.
    """
    names = settings.services
    described = ports.services.describe(tuple(dict.fromkeys((*names.worker, *names.web))))
    every = {one.name: one for one in described}
    services = {name: every[name] for name in ports.workers}
    web_tasks = sum(max(every[one].desired, every[one].running) for one in names.web)
    remembered = {name: one.memories.load() for name, one in ports.workers.items()}
    policies = {
        name: with_hold(
            bounded(settings.of(name).policy, settings.of(name).by_clock, now, settings.time_zone),
            _hold(one),
        )
        for name, one in ports.workers.items()
    }
    measurement = _measure(ports, services, policies, remembered, now)
    if isinstance(measurement, NoMeasurement):
        states = {name: _state(service, web_tasks) for name, service in services.items()}
        nobody = dict.fromkeys(services, frozenset[str]())
        return Observed(measurement, services, web_tasks, remembered, policies, states, nobody, ())
    tasks = {name: one.tasks.list() for name, one in ports.workers.items()}
    return _observed(measurement, services, web_tasks, remembered, policies, tasks)


def _observed(
    measurement: Measurement,
    services: Mapping[str, Service],
    web_tasks: int,
    remembered: Mapping[str, Remembered],
    policies: Mapping[str, Policy],
    tasks: Mapping[str, list[Task]],
) -> Observed:
    """With what a measurement shows of each service."""
    hosts = {name: hosts_of(listed, measurement) for name, listed in tasks.items()}
    lists = {name: _lists(policies[name], remembered[name]) for name in services}
    strange = foreign_workers(hosts, measurement)
    # One that came up between the list of tasks and the measurement is strange only once.
    known_before = remembered[next(iter(services))].memory.service.foreign
    foreign = tuple(name for name in strange if name in known_before)
    states, aside = {}, {}
    for name, service in services.items():
        others = frozenset[str]().union(*(hosts[one] for one in hosts if one != name))
        aside[name] = others | {*foreign}
        states[name] = _state(service, web_tasks)._replace(
            busy=occupation(tasks[name], measurement, aside[name]).busy_tasks,
            foreign=foreign,
            share=share_of(name, hosts, lists, measurement),
        )
    in_force = {
        name: with_measured(
            policy, measurement, fires_recurring=fires_recurring(name, hosts, measurement)
        )
        for name, policy in policies.items()
    }
    return Observed(measurement, services, web_tasks, remembered, in_force, states, aside, strange)


def _state(service: Service, web_tasks: int) -> ServiceState:
    return ServiceState(
        desired=service.desired,
        running=service.running,
        pending=service.pending,
        rolling_out=service.rolling_out,
        web_tasks=web_tasks,
        missing_because=_why_none_start(service),
    )


def _why_none_start(service: Service) -> str:
    """What ECS says of tasks that don't come up."""
    if service.rollout is Rollout.FAILED:
        return DEPLOYMENT_FAILED
    return service.last_event


def _measure(
    ports: Ports,
    services: Mapping[str, Service],
    policies: Mapping[str, Policy],
    remembered: Mapping[str, Remembered],
    now: datetime,
) -> Measurement | NoMeasurement:
    """Measure, unless that alone would wake the database or keep it awake.

    While there is a worker task the cluster is awake anyway, because Solid Queue polls. Without
    one, it is left alone until somebody connects to it anew or a scheduled job comes due.
    """
    at_rest = all(one.desired == one.running == one.pending == 0 for one in services.values())
    if not at_rest or any(policy.min_tasks for policy in policies.values()):
        return ports.measure()
    last = next(iter(remembered.values()))
    soon = timedelta(seconds=next(iter(policies.values())).look_ahead_seconds)
    if last.wake_at is not None and now >= last.wake_at - soon:
        return ports.measure()
    if newly_used(ports.activity.connections(now), last.memory.measured_at):
        return ports.measure()
    return NoMeasurement("no worker task, and nobody has used the database anew", paused=True)


def _hold(ports: WorkerPorts) -> Hold | None:
    try:
        return ports.hold()
    except (ClientError, BotoCoreError, ValueError) as error:
        logger.warning("hold could not be read", reason=str(error))
        return None


def _lists(policy: Policy, remembered: Remembered) -> tuple[QueueList, ...]:
    """As its policy or the memory has them, while no worker shows them."""
    if policy.queues:
        return (policy.queues,)
    return tuple(queues for queues, _ in remembered.memory.service.lists)
