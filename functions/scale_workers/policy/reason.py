"""A decision in words, for a person at 3 a.m."""

from ops_common.answers.queue import Measurement
from scale_workers.policy.figures import duration, in_words, rate
from scale_workers.policy.model import NoMeasurement, Policy, ServiceState
from scale_workers.policy.outcome import Held, HeldBy
from scale_workers.policy.pools import Pools
from scale_workers.policy.required_capacity import Evidence, RequiredCapacity
from scale_workers.policy.requirement import Requirement
from scale_workers.policy.thread_sum import For

MOST_NAMES = 5
LEAST_THREADS = 0.05
"""From how much on a part of the sum is said."""


def blind(why: NoMeasurement, service: ServiceState, desired: int) -> str:
    """Why there is no measurement, and what that means."""
    if desired == service.desired:
        return f"{desired} kept: {why.why}"
    return f"{service.desired} → {desired}, the minimum: {why.why}"


def explain(
    measurement: Measurement,
    pools: Pools,
    needed: Requirement,
    service: ServiceState,
    policy: Policy,
    desired: int,
    held: Held,
    lost: int,
) -> str:
    """What was seen, what it takes, and what stands in the way."""
    parts = [_seen(needed, pools), _wanted(needed.capacity, policy, held)]
    if needed.capacity.evidence:
        parts.append(EVIDENCE[needed.capacity.evidence])
    parts += _standing(service, policy, desired, held)
    parts += _aside(measurement, pools, lost)
    change = f"{service.desired} → {desired}" if desired != service.desired else f"{desired} kept"
    return f"{change}: " + "; ".join(parts)


def _standing(service: ServiceState, policy: Policy, desired: int, held: Held) -> list[str]:
    """What stands in the way."""
    match held.by:
        case HeldBy.MAXIMUM | HeldBy.CONNECTIONS:
            return [_limit(service, policy, held)]
        case HeldBy.HOLD:
            return [_hold(policy)]
        case HeldBy.MISSING:
            cause = f": {service.missing_because}" if service.missing_because else ""
            return [
                f"{held.tasks} of {service.desired} asked for have not come up for ten"
                f" minutes{cause}"
            ]
        case None:
            allowed = service.allowance
            if allowed is None:
                allowed = policy.connections.worker_tasks(service.web_tasks)
            more = desired > service.desired and allowed is not None
            return [f"the database would allow {allowed}"] if more else []
        case _:
            return [f"not fewer yet: {_holding(held)}"]


def _aside(measurement: Measurement, pools: Pools, lost: int) -> list[str]:
    """What is left out of the sum."""
    parts = []
    if pools.ignored:
        parts.append(f"{_names(pools.ignored)} brings no task")
    if pools.unserved:
        parts.append(f"no live worker takes from {_names(pools.unserved)}")
    if pools.stalled:
        parts.append(f"nobody takes from {_names(pools.stalled)} though threads are idle")
    if measurement.due_jobs_whose_dispatcher_is_missing and measurement.workers:
        due = in_words(measurement.due_jobs_whose_dispatcher_is_missing, "due job")
        parts.append(f"{due} that no dispatcher moves")
    if measurement.orphaned_claims:
        parts.append(f"{in_words(measurement.orphaned_claims, 'job')} held by no process")
    if replaced := sum(worker.replaced for worker in measurement.dead_workers):
        parts.append(f"{in_words(replaced, 'worker')} killed and replaced")
    if silent := measurement.dead_processes - replaced:
        parts.append(f"{in_words(silent, 'process')} without a heartbeat")
    if lost:
        parts.append(f"{in_words(lost, 'enqueue')} rolled back")
    return parts


def _names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _seen(needed: Requirement, pools: Pools) -> str:
    view, rates, seen = needed.group.view, needed.rates, list[str]()
    if rates.ready:
        about = any(queue.estimate for queue in view.queues)
        seen.append(f"{'about ' if about else ''}{rates.ready} ready")
        seen.append(f"oldest {duration(view.oldest_wait_seconds)}")
    if soon := view.due_scheduled + view.soon_due_scheduled + view.recurring_soon:
        seen.append(f"{soon} due soon")
    if burst := needed.capacity.expected:
        seen.append(f"about {burst.jobs} expected at {burst.at:%H:%M:%S}, as before")
    if view.in_flight:
        seen.append(f"{view.in_flight} running")
    if rates.arrivals_per_second:
        seen.append(f"{rate(rates.arrivals_per_second)} arrive")
    if not seen:
        return "nothing to do"
    guess = "takes" if rates.measured else "is taken to take"
    seen.append(f"each {guess} {duration(rates.service_seconds)}")
    return _place(needed, pools) + ", ".join(seen)


def _place(needed: Requirement, pools: Pools) -> str:
    """Which jobs these are, where a service has several pools."""
    group = needed.group
    if len(pools.groups) == 1:
        return ""
    hosts = max(1, len({worker.hostname for worker in group.view.workers}))
    threads = round(sum(worker.threads for worker in group.view.workers) / hosts)
    threads = threads or group.threads_per_task or 0
    lists = " and ".join(f"[{one}]" for one in group.name.split("|"))
    return f"for {lists} with {in_words(threads, 'thread')} a task "


def _wanted(needed: RequiredCapacity, policy: Policy, held: Held) -> str:
    if needed.tasks < policy.min_tasks:
        because = f" ({policy.bounds_because})" if policy.bounds_because else ""
        return f"the minimum is {in_words(policy.min_tasks, 'task')}{because}"
    if not needed.tasks:
        return "no task is needed"
    verb = "starts" if needed.tasks == 1 else "start"
    # Not to be promised while tasks don't come.
    if held.by is HeldBy.MISSING:
        verb = "would start"
    within = duration(needed.within_seconds)
    return f"{in_words(needed.tasks, 'task')} {verb} everything within {within}{_sum(needed)}"


EVIDENCE: dict[Evidence, str] = {
    Evidence.WAITS_GROW: "waits grow although all threads are busy",
    Evidence.NOTHING_ENDED: "all threads are busy, and no job was seen to end: one more",
}
WORDS: dict[For, str] = {
    For.LONG_RUNNING: "running for over a minute",
    For.STREAM: "for what arrives",
    For.RESERVE: "in reserve",
    For.LEFT: "for what will be left",
    For.FORESEEN: "for what is foreseen",
    For.WAITS: "to keep waits short",
}


def _sum(needed: RequiredCapacity) -> str:
    """The threads, so that a person can redo the sum (docs/scaling.md, "How many tasks")."""
    parts = [one for one in needed.sum.parts if one[1] >= LEAST_THREADS]
    if not parts or needed.evidence:
        return ""
    # In order, whatever comes first has the noun.
    texts = [f"{threads:.1f} {WORDS[purpose]}" for purpose, threads in parts]
    texts[0] = f"{parts[0][1]:.1f} threads {WORDS[parts[0][0]]}"
    total = f" = {needed.sum.threads:.1f}" if len(parts) > 1 else ""
    kept = "" if needed.tasks == max(1, needed.sum.tasks) else "present tasks do: "
    return f" ({kept}{' + '.join(texts)}{total}, {needed.sum.per_task} a task)"


def _hold(policy: Policy) -> str:
    assert policy.held_until  # noqa: S101  # or nothing is held
    return (
        f"held at {policy.min_tasks} until {policy.held_until:%H:%M %Z} by {policy.bounds_because}"
    )


def _limit(service: ServiceState, policy: Policy, held: Held) -> str:
    if held.by is HeldBy.MAXIMUM:
        because = f" ({policy.bounds_because})" if policy.bounds_because else ""
        return f"the maximum is {policy.max_tasks}{because}"
    budget = policy.connections
    beside = " beside the other services" if service.allowance is not None else ""
    return (
        f"the database allows {held.tasks}{beside}: {budget.max_connections} connections less"
        f" {budget.reserve} in reserve and {service.web_tasks} web tasks × {budget.per_web_task},"
        f" at {budget.per_worker_task} a worker task"
    )


def _holding(held: Held) -> str:
    match held.by:
        case HeldBy.ROLLOUT:
            return "a deployment is rolling out"
        case HeldBy.PATIENCE:
            return "the required capacity has not been lower for long enough"
        case HeldBy.RECENT_NEED:
            return f"{held.tasks} were needed a moment ago"
        case HeldBy.FORECAST:
            return "the rest would soon be too few"
        case _:
            return f"{held.tasks} tasks run jobs"
