"""The policy of a tick: what the team set, and what the clock, a person or the app change. Pure."""

from collections.abc import Mapping
from copy import replace

from ops_common.answers.queue import Measurement
from ops_common.scaling_hold import Hold
from scale_workers.policy.model import Policy


def with_hold(policy: Policy, hold: Hold | None) -> Policy:
    """A person's hold sets both bounds."""
    if hold is None:
        return policy
    return replace(
        policy,
        min_tasks=hold.tasks,
        max_tasks=hold.tasks,
        held_until=hold.until,
        bounds_because=hold.by,
    )


def with_measured(policy: Policy, measurement: Measurement, *, fires_recurring: bool) -> Policy:
    """With what the database itself says.

    Recurring tasks are fired by the scheduler inside a worker task: with none they never run.
    """
    budget = replace(policy.connections, max_connections=measurement.max_connections)
    policy = replace(policy, connections=budget)
    if (
        policy.min_tasks
        or policy.held_until
        or not (fires_recurring and measurement.recurring_tasks)
    ):
        return policy
    keys = ", ".join(measurement.recurring_keys)
    more = measurement.recurring_tasks - len(measurement.recurring_keys)
    named = keys + (f" and {more} more" if keys and more > 0 else "")
    return replace(policy, min_tasks=1, bounds_because=f"recurring tasks need a scheduler: {named}")


def fires_recurring(
    service: str, hosts: Mapping[str, frozenset[str]], measurement: Measurement
) -> bool:
    """Whether the service must stay up for recurring tasks.

    The first with a scheduler does; while none of them is seen to have one, each does.
    """
    with_scheduler = [name for name in hosts if hosts[name] & {*measurement.scheduler_hosts}]
    return service == with_scheduler[0] if with_scheduler else True
