"""Checks of what this stack doesn't have: a part switched off, an address or a table not given."""

from probe_deployment.settings import Settings

OF_ROTATION = ("rotate_password", "rotation", "rotation_function", "secret_writer")
OF_SCALING = ("scale_workers", "worker_scaling")
OF_ALERTS = ("send_alerts", "alert_queue", "alert_subscribers", "alarms", "dashboard")
OF_THE_ADDRESS = ("health_check", "certificate")
OF_THE_TABLE = ("config_values",)


def why_skipped(name: str, settings: Settings) -> str:
    """Why a check has nothing to check in this stack; nothing where it has."""
    reasons = (
        (OF_ROTATION, not settings.rotation, "Rotation is off"),
        (OF_SCALING, not settings.scaling, "Scaling is off"),
        (OF_ALERTS, not settings.alerts, "Alerts is off"),
        (OF_THE_ADDRESS, not settings.health_check_url, "HealthCheckUrl is empty"),
        (OF_THE_TABLE, not settings.app_config.table_name, "ConfigTableName is empty"),
    )
    return next((reason for names, off, reason in reasons if off and name in names), "")
