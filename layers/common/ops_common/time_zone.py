"""The time zone in which people and schedules count their hours."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .settings import Environment


def time_zone(env: Environment) -> ZoneInfo:
    """That of TIME_ZONE, else UTC; a name that is none is rejected."""
    name = env.text("TIME_ZONE", "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        env.reject("TIME_ZONE", f"must be a name such as Europe/London, not {name!r}")
        return ZoneInfo("UTC")
