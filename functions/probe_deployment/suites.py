"""Which checks belong together; each name is a key of checks.CHECKS."""

DEPLOYMENT = (
    "health_check",
    "balancer",
    "certificate",
    "rollout",
    "image",
    "secret_version",
    "target_health",
    "zones",
    "restarts",
    "solid_queue",
    "queue_health",
    "log_errors",
    "responses_since",
    "database_login",
    "connections",
    "migrations",
)

READINESS = (
    "password_age",
    "rotation",
    "secret_keys",
    "secret_writer",
    "config_values",
    "deployment_probed",
    "load_tested",
    "alarms",
    "alert_subscribers",
    "dashboard",
    "audit_trail",
    "security_groups",
    "load_balancer_protection",
    "database_protection",
    "database_backups",
    "database_capacity",
    "connections",
    "task_count",
    "worker_scaling",
    "certificate",
)

SUITES: dict[str, tuple[str, ...]] = {
    # After a deployment.
    "deployment": DEPLOYMENT,
    # Inside one: from a lifecycle hook, where the rollout can't have ended yet. Before traffic
    # shifts the public address is still the old tasks', so it is left out.
    "lifecycle": tuple(name for name in DEPLOYMENT if name != "rollout"),
    "green": (
        "image",
        "target_health",
        "test_listener",
        "restarts",
        "solid_queue",
        "log_errors",
        "database_login",
        "migrations",
    ),
    # Of one that is under way for longer than a start takes.
    "stuck": ("hanging", "zones", "restarts", "log_errors", "migrations"),
    # After one that ECS gave up.
    "failed_deployment": ("stopped_tasks", "log_errors"),
    # On a schedule: those that cost next to nothing and ask the database nothing.
    "canary": ("health_check", "certificate", "steady_state", "restarts", "target_health"),
    # Weekly and on demand: what is left to do before production.
    "readiness": READINESS,
    # After a deployment of this stack, and whenever something seems silent.
    "self": (
        "query_database",
        "database_login",
        "rotate_password",
        "rotation_function",
        "scale_workers",
        "send_alerts",
        "answer_slack",
        "answer_url",
        "alert_subscribers",
        "alert_queue",
        "rules",
        "schedules",
        "rollout",
    ),
    # After a load test: what was felt on this side in the same minutes.
    "load": (
        "responses",
        "peak_connections",
        "queue_latency",
        "health_check",
        "rollout",
        "target_health",
    ),
}
