"""A decision in words, for a person at 3 a.m."""

from scale_workers.policy.measurement import Measurement, NoMeasurement
from scale_workers.policy.model import Held, HeldBy, Policy, ServiceState
from scale_workers.policy.rates import Rates
from scale_workers.policy.required_capacity import RequiredCapacity


def blind(why: NoMeasurement, service: ServiceState, desired: int) -> str:
    """Why there is no measurement, and what that means."""
    if desired == service.desired:
        return f"{desired} kept: {why.why}"
    return f"{service.desired} → {desired}, the minimum: {why.why}"


def explain(
    measurement: Measurement,
    rates: Rates,
    needed: RequiredCapacity,
    service: ServiceState,
    policy: Policy,
    desired: int,
    held: Held,
) -> str:
    """What was seen, what it takes, and what stands in the way."""
    parts = [_seen(measurement, rates, needed), _wanted(needed, policy)]
    if held.by in (HeldBy.MAXIMUM, HeldBy.CONNECTIONS):
        parts.append(_limit(service, policy, held))
    elif held.by:
        parts.append(f"not fewer yet: {_holding(held)}")
    elif desired > service.desired:
        allowed = policy.connections.worker_tasks(service.web_tasks)
        parts += [f"the database would allow {allowed}"] if allowed is not None else []
    if needed.unserved:
        parts.append(f"no live worker takes from {', '.join(needed.unserved)}")
    if measurement.dead_processes:
        parts.append(f"{_count(measurement.dead_processes, 'process')} without a heartbeat")
    change = f"{service.desired} → {desired}" if desired != service.desired else f"{desired} kept"
    return f"{change}: " + "; ".join(parts)


def _seen(measurement: Measurement, rates: Rates, needed: RequiredCapacity) -> str:
    seen = []
    if rates.ready:
        more = "at least " if measurement.ready_is_at_least else ""
        more = "about " if rates.ready > measurement.ready else more
        seen.append(f"{more}{rates.ready} ready")
        seen.append(f"oldest {_time(measurement.oldest_wait_seconds)}")
    soon = measurement.due_scheduled + measurement.soon_due_scheduled + measurement.recurring_soon
    if soon:
        seen.append(f"{soon} due soon")
    if needed.expected:
        at = f"{needed.expected.at:%H:%M:%S}"
        seen.append(f"about {needed.expected.jobs} expected at {at}, as before")
    if measurement.in_flight:
        seen.append(f"{measurement.in_flight} running")
    if rates.arrivals_per_second:
        seen.append(f"{_rate(rates.arrivals_per_second)} arrive")
    if not seen:
        return "nothing to do"
    guess = "takes" if rates.measured else "is taken to take"
    seen.append(f"each {guess} {_time(rates.service_seconds)}")
    return ", ".join(seen)


def _wanted(needed: RequiredCapacity, policy: Policy) -> str:
    tasks = max(needed.tasks, policy.min_tasks)
    if needed.tasks < policy.min_tasks:
        return f"the minimum is {_count(policy.min_tasks, 'task')}"
    if not tasks:
        return "no task is needed"
    verb = "starts" if tasks == 1 else "start"
    return f"{_count(tasks, 'task')} {verb} everything within {_time(needed.within_seconds)}"


def _limit(service: ServiceState, policy: Policy, held: Held) -> str:
    if held.by is HeldBy.MAXIMUM:
        return f"the maximum is {policy.max_tasks}"
    budget = policy.connections
    return (
        f"the database allows {held.tasks}: {budget.max_connections} connections less"
        f" {budget.reserve} in reserve and {service.web_tasks} web tasks × {budget.per_web_task},"
        f" at {budget.per_worker_task} a worker task"
    )


def _holding(held: Held) -> str:
    match held.by:
        case HeldBy.ROLLOUT:
            return "a deployment is rolling out"
        case HeldBy.PATIENCE:
            return "the need has not been lower for long enough"
        case HeldBy.RECENT_NEED:
            return f"{held.tasks} were needed a moment ago"
        case HeldBy.FORECAST:
            return "the rest would soon be too few"
        case _:
            return f"{held.tasks} tasks run jobs"


def _count(number: int, noun: str) -> str:
    plural = "processes" if noun == "process" else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _time(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds:.2g} s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


def _rate(per_second: float) -> str:
    if per_second >= 1:
        return f"{per_second:.0f} jobs/s" if per_second >= 10 else f"{per_second:.1f} jobs/s"
    return f"{per_second * 60:.0f} jobs/min" if per_second * 60 >= 1 else "under a job/min"
