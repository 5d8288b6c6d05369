"""Whether the new tasks run in as many Availability Zones as the old ones did."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from ops_common.tasks import Ending, Task
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding

EXPECTED = "new tasks in more than one zone, where the old ones were; none whose tasks all end"
ENDED = 2
"""So many tasks of a zone have ended by themselves, and none lasts there as elsewhere: it is the
zone, not the version."""


def check(context: Context) -> Finding:
    """New tasks against old ones, for each service."""
    return Finding.worst([_check_service(context, name) for name in context.probed])


def _check_service(context: Context, name: str) -> Finding:
    new = context.new_tasks(name)
    known = {task.arn for task in new}
    everyone = [*context.tasks(name, "RUNNING"), *context.tasks(name, "STOPPED")]
    before = {task.availability_zone for task in everyone if task.arn not in known} - {""}
    # Where ECS evens zones out by itself, none counts as lost before its tasks end there.
    lost = () if context.service(name).zone_rebalancing else before
    return judge(name, new, lost, context.now)


def judge(service: str, new: Sequence[Task], before: Collection[str], now: datetime) -> Finding:
    """What a deployment's tasks, and the zones of those before it, amount to."""
    running = Counter(task.availability_zone for task in new if task.running)
    ended = Counter(task.availability_zone for task in new if task.ending is Ending.FAILED)
    shown = ", ".join(f"{zone} {count}" for zone, count in sorted(running.items())) or "none"
    bad = [zone for zone, count in ended.items() if count >= ENDED and _none_lasts(zone, new, now)]
    if bad and running.keys() - ended.keys():
        return Finding.failed(
            f"{service}: every task ends in {', '.join(sorted(bad))}; running: {shown}",
            EXPECTED,
            "compare that zone's subnet with the others': its route table, its public addresses,"
            " its network ACL, and the security groups of what the tasks reach",
            cause=Cause.ZONE_FAILS,
            subjects=(service,),
        )
    if not ended and running.total() > 1 and len(running) == 1 and len(before) > 1:
        return Finding.failed(
            f"{service}: all in {shown}; before in {', '.join(sorted(before))}",
            EXPECTED,
            "read the service's events for the other zones' subnets; let ECS even the zones out by"
            " itself: aws ecs update-service --availability-zone-rebalancing ENABLED",
            cause=Cause.ONE_ZONE,
            subjects=(service,),
        )
    return Finding.passed(f"{service}: {shown}", EXPECTED)


def _none_lasts(zone: str, new: Sequence[Task], now: datetime) -> bool:
    """Whether no task of a zone has run for longer than those did that ended there."""
    here = [task for task in new if task.availability_zone == zone and task.started_at]
    lives = [_age(task, task.stopped_at or now) for task in here if task.ending is Ending.FAILED]
    longest = max(lives, default=timedelta())
    return not any(task.running and _age(task, now) > longest for task in here)


def _age(task: Task, at: datetime) -> timedelta:
    return at - task.started_at if task.started_at else timedelta()
