"""What people are notified of, in words: a title and a text for each kind of trouble. Pure."""

from typing import NamedTuple

from scale_workers.policy.figures import in_words
from scale_workers.policy.troubles import Kind, Tick

MOST_HOSTS = 5
REVERTED_BY = {
    "saved": "a text with another password was saved",
    "moved": "AWSCURRENT was moved, at the latest",
}


# Of those whose title has figures of the tick, which a trouble that is over has none of.
WITHOUT_FIGURES = {
    Kind.AT_LIMIT: "workers held at a limit",
    Kind.KILLED: "workers were killed and replaced",
    Kind.FOREIGN: "workers belong to no service",
}


class Words(NamedTuple):
    """Of one trouble."""

    title: str
    text: str = ""


def ended(kind: Kind, tick: Tick) -> Words:
    """What the end of a trouble is notified as."""
    title = words(kind, tick).title
    return Words(f"Over: {WITHOUT_FIGURES.get(kind, title[0].lower() + title[1:])}")


def words(kind: Kind, tick: Tick) -> Words:
    """What a tick with this trouble is notified as."""
    decision = tick.decision
    match kind:
        case Kind.AT_LIMIT:
            held = f"Workers held at {in_words(decision.desired, 'task')}"
            return Words(f"{held}, {decision.required} are required", decision.reason)
        case Kind.BLIND:
            return Words("The queue can't be measured", decision.reason)
        case Kind.MISSING:
            return Words("Worker tasks don't come up", decision.reason)
        case Kind.DEAD:
            return Words("Workers are dead", _dead(tick))
        case Kind.KILLED:
            return _killed(tick)
        case Kind.NO_DISPATCHER:
            return Words("Due jobs are not dispatched", _undispatched(tick))
        case Kind.REVERTED:
            return _reverted(tick)
        case Kind.COUNT_CHANGED:
            return _count_changed(tick)
        case Kind.FOREIGN:
            return _foreign(tick)


def _undispatched(tick: Tick) -> str:
    why = "no dispatcher has a heartbeat"
    if tick.queue and tick.queue.dispatchers:
        why = "no dispatcher lets blocked jobs through (concurrency_maintenance: false)"
    return f"Workers run, but {why}: {in_words(tick.undispatched_jobs, 'job')} waiting for one."


def _dead(tick: Tick) -> str:
    if tick.silent:
        tasks = in_words(tick.service.running, "running task")
        return f"{tasks}, but no worker in them has a heartbeat."
    return f"{in_words(tick.stuck_jobs, 'job')} held by workers without a current heartbeat."


def _killed(tick: Tick) -> Words:
    hosts = tick.killed_on
    were = "was" if len(hosts) == 1 else "were"
    return Words(
        f"{in_words(len(hosts), 'worker')} {were} killed and replaced",
        f"Their supervisors have started others in their place, on {', '.join(hosts[:MOST_HOSTS])}."
        " Most often the kernel kills for want of memory.",
    )


def _reverted(tick: Tick) -> Words:
    title = "The database refuses the secret's current password and accepts another version's"
    found = tick.reverted
    if not found:
        return Words(title)
    how = f"on {found.since:%Y-%m-%d at %H:%M} UTC {REVERTED_BY[found.cause]}"
    return Words(
        title,
        f"Version {found.version} ({' '.join(found.labels)}) is accepted: {how}. New tasks can't"
        f" log in. A rotation sets both right: {found.command}",
    )


def _count_changed(tick: Tick) -> Words:
    title = "Somebody else changes the number of worker tasks"
    times = tick.decision.memory.service.changed_by_others
    if not times:
        return Words(title)
    return Words(
        title,
        f"{len(times)} times in a day, last at {times[-1]:%Y-%m-%d %H:%M} UTC: two scalers fight."
        " Terraform needs lifecycle { ignore_changes = [desired_count] } on the service; any other"
        " scaling policy of it must go.",
    )


def _foreign(tick: Tick) -> Words:
    hosts = tick.service.foreign
    belong = "belongs" if len(hosts) == 1 else "belong"
    return Words(
        f"{in_words(len(hosts), 'worker')} {belong} to no service",
        f"They are left aside: {', '.join(hosts[:MOST_HOSTS])}. Another host, the Puma plugin or a"
        " laptop may run Solid Queue on this database; or their service is missing in"
        " WorkerServices.",
    )
