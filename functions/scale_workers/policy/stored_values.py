"""Reads single values of what an earlier tick stored.

Each raises ValueError or TypeError for what no tick writes, so that it is forgotten: a value that
is kept and can't be reckoned with would stop every tick from then on.
"""

from datetime import datetime
from typing import Any

MOST = 2**63
YEARS = range(2000, 2200)


def parse_datetime(value: Any) -> datetime:
    """A time of this age with its zone; one without can't be compared with now."""
    parsed = datetime.fromisoformat(value)
    if parsed.tzinfo is None or parsed.year not in YEARS:
        raise ValueError(f"{value} is no time of a tick")
    return parsed


def parse_count(value: Any) -> int:
    """A whole number that isn't negative."""
    if not isinstance(value, int) or not 0 <= value < MOST:
        raise ValueError("no count")
    return value


def parse_float(value: Any) -> float:
    """A finite number that isn't negative."""
    if not isinstance(value, int | float) or not 0 <= value < MOST:
        raise ValueError("no amount")
    return float(value)


def parse_duration(value: Any) -> float:
    """A number of seconds to divide by."""
    if (seconds := parse_float(value)) < 1:
        raise ValueError("no duration")
    return seconds


def parse_names(values: Any) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise ValueError("no list of names")
    return tuple(values)
