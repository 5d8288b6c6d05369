"""The checks there are. A new one: write `check(context) -> Finding` in its module, add a line."""

from collections.abc import Callable
from functools import partial

from probe_deployment.checks import (
    alarms,
    answer_url,
    app_config_table,
    app_secret,
    audit_trail,
    aurora,
    certificate,
    connections,
    database_login,
    hanging,
    health_check,
    image,
    listener,
    load_balancer,
    log_errors,
    migrations,
    own_functions,
    own_triggers,
    queue_health,
    responses_since,
    restarts,
    rollout,
    secret_version,
    security_groups,
    solid_queue,
    steady_state,
    stopped_tasks,
    target_health,
    task_count,
    traffic,
    watching,
    zones,
)
from probe_deployment.context import Context
from probe_deployment.finding import Finding

CHECKS: dict[str, Callable[[Context], Finding]] = {
    # of a deployment
    "balancer": health_check.balancer,
    "certificate": certificate.check,
    "connections": connections.check,
    "database_login": database_login.check,
    "hanging": hanging.check,
    "health_check": health_check.check,
    "image": image.check,
    "log_errors": log_errors.check,
    "migrations": migrations.check,
    "queue_health": queue_health.check,
    "responses_since": responses_since.check,
    "restarts": restarts.check,
    "rollout": rollout.check,
    "secret_version": secret_version.check,
    "solid_queue": solid_queue.check,
    "steady_state": steady_state.check,
    "stopped_tasks": stopped_tasks.check,
    "target_health": target_health.check,
    "test_listener": listener.check,
    "zones": zones.check,
    # of readiness
    "alarms": alarms.check,
    "alert_subscribers": watching.alert_subscribers,
    "audit_trail": audit_trail.check,
    "config_values": app_config_table.check,
    "dashboard": watching.dashboard,
    "database_backups": aurora.backups,
    "database_capacity": aurora.capacity,
    "database_protection": aurora.protection,
    "deployment_probed": watching.deployment_probed,
    "load_balancer_protection": load_balancer.protection,
    "load_tested": watching.load_tested,
    "password_age": app_secret.password_age,
    "rotation": app_secret.rotation,
    "secret_keys": app_secret.keys,
    "secret_writer": app_secret.writer,
    "security_groups": security_groups.check,
    "task_count": task_count.check,
    "worker_scaling": watching.worker_scaling,
    # of a load test
    "peak_connections": traffic.peak_connections,
    "queue_latency": traffic.queue_latency,
    "responses": traffic.responses,
    # of this stack itself
    "alert_queue": own_triggers.alert_queue,
    "answer_slack": partial(
        own_functions.check_if_there, logical_id="AnswerSlack", parameter="SlackSigningSecret"
    ),
    "answer_url": answer_url.check,
    "rotation_function": own_triggers.rotation_function,
    "rules": own_triggers.rules,
    "schedules": own_triggers.schedules,
    **{
        name: partial(own_functions.check, logical_id=logical_id)
        for name, logical_id in {
            "query_database": "QueryDatabase",
            "rotate_password": "RotatePassword",
            "scale_workers": "ScaleWorkers",
            "send_alerts": "SendAlerts",
        }.items()
    },
}
