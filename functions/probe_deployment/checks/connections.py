"""Database connections: now, and at full scale-out, against the limit."""

from collections.abc import Callable

from ops_common.answers.system import ConnectionUsage
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.settings import Settings

USED_AT_MOST = 0.8


def check(context: Context) -> Finding:
    """At most four fifths of the usable connections now, and room for full scale-out."""
    return judge(
        ConnectionUsage.from_json(context.ask("connection_usage")),
        context.settings,
        lambda tasks: context.deploy_command(f"MaxTasks={tasks}"),
    )


def judge(usage: ConnectionUsage, settings: Settings, limit_tasks: Callable[[int], str]) -> Finding:
    """What the usage amounts to; `limit_tasks` is the command for so many worker tasks at most."""
    usable = usage.usable
    full = (
        settings.web_max_tasks * settings.connections_per_web_task
        + settings.worker_max_tasks * settings.connections_per_worker_task
        + settings.connection_reserve
    )
    observed = f"{usage.used} of {usable} now, {full} at full scale-out"
    expected = f"at most {int(usable * USED_AT_MOST)} now, {usable} at full scale-out"
    if usage.used > usable * USED_AT_MOST:
        top = ", ".join(f"{name} {count}" for name, count in usage.by_application.items())
        return Finding.failed(
            f"{observed} ({top or 'no application names'})",
            expected,
            "find who holds them (SELECT application_name, state, count(*) FROM pg_stat_activity"
            " GROUP BY 1, 2), then lower the pools or raise the cluster's maximum ACU",
            cause=Cause.IN_USE,
        )
    if full > usable:
        room = usable - full + settings.worker_max_tasks * settings.connections_per_worker_task
        tasks = room // max(1, settings.connections_per_worker_task)
        command = f": {limit_tasks(tasks)}" if tasks > 0 else ""
        return Finding.failed(
            observed,
            expected,
            f"lower {settings.web_max_tasks} web tasks × {settings.connections_per_web_task} +"
            f" {settings.worker_max_tasks} worker tasks × {settings.connections_per_worker_task}"
            f" connections (+ {settings.connection_reserve} in reserve){command}; or raise the"
            " cluster's maximum ACU, which max_connections follows",
            cause=Cause.SCALE_OUT,
        )
    return Finding.passed(observed, expected)
