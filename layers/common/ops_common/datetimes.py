"""Times as text, read: those that we wrote ourselves, and those of others."""

from datetime import UTC, datetime
from typing import Any


def parse_optional(value: str | None) -> datetime | None:
    """An ISO 8601 time, or None for none. Raises ValueError or TypeError on anything else."""
    return datetime.fromisoformat(value) if value else None


def parse_utc(value: Any) -> datetime:
    """An ISO 8601 time as UTC, which one without a zone is. Raises as `parse_optional` does."""
    time = datetime.fromisoformat(value)
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{value} has no time in UTC") from None
