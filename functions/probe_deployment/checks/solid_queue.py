"""Whether the new worker tasks registered with Solid Queue, with a current heartbeat."""

from collections.abc import Iterable
from datetime import datetime

from ops_common.answers.system import QueueProcess, QueueProcesses
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding

EXPECTED = "a worker and a dispatcher registered since, with current heartbeats; no lost claims"
KINDS = ("Worker", "Dispatcher")
"""What a deployment registers."""
BESIDE_WORKERS = {"Dispatcher", "Scheduler"}
"""What a service may run alone, where others have the workers."""
# Solid Queue writes a heartbeat each 60 s; one may be late.
CURRENT_SECONDS = 130.0


def check(context: Context) -> Finding:
    """A worker and a dispatcher have registered since the deployment; no claim is lost."""
    deployed = [name for name in context.settings.names.worker if context.concerns(name)]
    if not deployed:
        return Finding.skipped("no worker service was deployed")
    services = [service for name in deployed if (service := context.service(name)).desired]
    if not services:
        return Finding.skipped(f"{' and '.join(deployed)} is scaled to no task")
    groups = [context.settings.log_group(service.name) for service in services]
    remedy = (
        f"read the log: {' and '.join(f'aws logs tail {group} --since 30m' for group in groups)};"
        " does the task reach the database, and does its command start solid_queue?"
    )
    answer = context.ask("queue_processes", context.settings.queue_database_name)
    since = min(context.began(service.name) for service in services)
    others = any(
        context.service(name).desired
        for name in context.settings.names.worker
        if name not in deployed
    )
    finding = judge(QueueProcesses.from_json(answer), since, remedy, others=others)
    if finding.cause is Cause.NO_HEARTBEAT and _all_start(context, deployed):
        return Finding.unknown(
            f"{finding.observed}; its tasks have only just been started",
            EXPECTED,
            f"run the probe again; {remedy}",
            cause=Cause.IN_PROGRESS,
            subjects=deployed,
        )
    return finding


def _all_start(context: Context, services: Iterable[str]) -> bool:
    """Whether a scaling has just started every task, since the deployment ended with none."""
    return context.request.ended_at is not None and not any(
        task.running and task not in context.starting(name)
        for name in services
        for task in context.new_tasks(name)
    )


def judge(answer: QueueProcesses, since: datetime, remedy: str, *, others: bool = False) -> Finding:
    """What the processes amount to, for a deployment that began at `since`.

    `others`: whether there are worker services that were not deployed. Their dispatcher does for
    all, and their workers do for a service that has dispatcher or scheduler alone.
    """
    processes = answer.processes
    new = [each for each in processes if each.registered_at >= since]
    everywhere, of_new = _current(processes), _current(new)
    alone = bool(of_new & BESIDE_WORKERS) and "Worker" in everywhere - of_new
    shared = {"Dispatcher", *(["Worker"] if alone else [])} & everywhere if others else set[str]()
    missing = [kind for kind in KINDS if kind not in of_new | shared]
    if missing:
        observed = (
            f"no {' and no '.join(missing).lower()} with a current heartbeat among {len(new)}"
            f" processes registered since; {len(processes) - len(new)} older ones"
        )
        return Finding.failed(
            observed,
            EXPECTED,
            remedy,
            cause=Cause.NO_HEARTBEAT,
            subjects=missing,
            # Workers that run elsewhere may be all that the app has.
            older_version_fixes=not alone,
        )
    if lost := lost_claims(answer):
        return Finding.failed(
            f"{lost} claims held by processes that are gone",
            EXPECTED,
            "a running supervisor marks such jobs as failed within about five minutes, or when it"
            " boots; then retry them: see 'Lost claims' in docs/runbook.md",
            cause=Cause.LOST_CLAIMS,
        )
    hosts = sorted({process.hostname for process in processes if process.kind == "Worker"})
    return Finding.passed(
        f"worker and dispatcher have a current heartbeat; hosts with a worker: {len(hosts)}",
        EXPECTED,
    )


def _current(processes: Iterable[QueueProcess]) -> set[str]:
    """Kinds of those with a current heartbeat."""
    return {each.kind for each in processes if each.heartbeat_age_seconds <= CURRENT_SECONDS}


def lost_claims(answer: QueueProcesses) -> int:
    """How many jobs are claimed by processes that are gone."""
    dead = [each for each in answer.processes if each.heartbeat_age_seconds > answer.alive_seconds]
    return sum(process.claims for process in dead) + answer.orphaned_claims
