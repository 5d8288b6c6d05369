"""Whether jobs are worked on since the deployment, and whether more of them fail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from ops_common.answers.queue_health import QueueHealth
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.logs.compare import Change, change

EXPECTED = "jobs are taken on since the deployment, and no more of them fail than before"
SETTLED_SECONDS = 120.0
"""A worker has had the time to take a job."""
FAILED_AT_LEAST = 3
LATE_TARGETS, LATE_SECONDS = 5, 300.0
"""A wait of so many target latencies, or so long where that is longer, is late."""


class OldestJob(NamedTuple):
    """The ready job that has waited longest, before the deployment began and since.

    Its own wait until then is the figure of before.
    """

    wait_seconds: float
    before_seconds: float
    """Of its wait, what was over when the deployment began; 0 for a job that came since."""

    @classmethod
    def at(cls, wait_seconds: float, seconds_since_deployment: float) -> "OldestJob":
        """Of a job that waits so long now."""
        return cls(wait_seconds, max(0.0, wait_seconds - seconds_since_deployment))

    def __str__(self) -> str:
        """Both figures, for people."""
        if not self.wait_seconds:
            return "no ready job waits"
        when = f"{self.before_seconds:.0f} s of it before the deployment began"
        if not self.before_seconds:
            when = "enqueued since the deployment began"
        return f"the oldest ready job waits {self.wait_seconds:.0f} s, {when}"


def check(context: Context) -> Finding:
    """Jobs are taken on, none waits far beyond the target, and no more fail than before."""
    names = [name for name in context.settings.names.worker if context.concerns(name)]
    running = [name for name in names if context.service(name).desired > 0]
    if not running:
        return Finding.skipped("no worker service with a task was deployed")
    since = min(context.began(name) for name in running)
    answer = context.ask(
        "queue_health", context.settings.queue_database_name, {"since": since.isoformat()}
    )
    late = max(LATE_SECONDS, LATE_TARGETS * context.settings.target_latency_seconds)
    tasks = [task for name in running for task in context.new_tasks(name) if task.running]
    runs_since = min((task.started_at or context.now for task in tasks), default=context.now)
    return judge(QueueHealth.from_json(answer), since, context.now, late, runs_since)


def judge(
    health: QueueHealth,
    since: datetime,
    now: datetime,
    late_seconds: float,
    runs_since: datetime | None = None,
) -> Finding:
    """What a queue's state since a deployment amounts to.

    `runs_since` is the start of the task that has run longest: later than the deployment where the
    service was scaled to none.
    """
    wait, passed = health.oldest_wait_seconds or 0.0, (now - since).total_seconds()
    oldest = OldestJob.at(wait, passed)
    settled = (now - max(since, runs_since or since)).total_seconds() > SETTLED_SECONDS
    observed = (
        f"{health.failed_since} failed since, {health.failed_before} as long before; {oldest}"
    )
    work = (health.last_claim, health.last_finish)
    came = now - timedelta(seconds=wait)
    if not _worked(work, since) and wait > SETTLED_SECONDS and settled:
        return Finding.failed(
            f"{observed}; no job was taken on since",
            EXPECTED,
            "do the workers' queues (queue.yml) hold the names that jobs are put into, and is the"
            " database theirs? Read the worker's log for its start",
            cause=Cause.NO_JOB_TAKEN,
            # A job that was late before is no evidence against this version.
            older_version_fixes=oldest.before_seconds <= late_seconds,
        )
    more = change(health.failed_before, health.failed_since)
    if health.failed_since >= FAILED_AT_LEAST and more in (Change.NEW, Change.SURGE):
        return Finding.failed(
            observed,
            EXPECTED,
            "read their errors: SELECT job_id, left(error, 300) FROM solid_queue_failed_executions"
            " ORDER BY id DESC LIMIT 5; retry them when the cause is fixed",
            cause=Cause.JOBS_FAIL,
            older_version_fixes=True,
        )
    if wait > late_seconds:
        return Finding.failed(
            observed,
            EXPECTED,
            "raise MaxTasks, or see why scale_workers holds (docs/scaling.md)",
            cause=Cause.LATE,
            # Where others were taken on meanwhile, jobs may have been as late before.
            older_version_fixes=settled and not oldest.before_seconds and not _worked(work, came),
        )
    return Finding.passed(observed, EXPECTED)


def _worked(work: Iterable[datetime | None], since: datetime) -> bool:
    """Whether a job was begun or finished after that moment."""
    return any(time is not None and time > since for time in work)
