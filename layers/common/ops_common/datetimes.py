"""Times that we wrote ourselves, read back."""

from datetime import datetime


def parse_optional(value: str | None) -> datetime | None:
    """An ISO 8601 time, or None for none. Raises ValueError or TypeError on anything else."""
    return datetime.fromisoformat(value) if value else None
