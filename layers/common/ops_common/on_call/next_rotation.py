"""When the password is rotated next, by its schedule alone: nobody here may ask Secrets Manager.

The forms are Secrets Manager's (User Guide, "Schedule expressions"): `rate(30 days)`, `rate(12
hours)`, or `cron(0 H day month weekday *)` in UTC, at the full hour, with `*`, `?`, lists, ranges,
steps, names, `L` and `#`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONGEST = timedelta(days=366 * 4 + 31)
"""A day that comes in leap years alone is within it."""
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = {name: number for number, name in enumerate(_MONTHS, 1)}
WEEKDAYS = {name: number for number, name in enumerate(_WEEKDAYS, 1)}
_RATE = re.compile(r"rate\((\d{1,4}) (hour|day)s?\)")
_CRON = re.compile(r"cron\(0 (\S+) (\S+) (\S+) (\S+) \*\)")


def next_rotation(schedule: str, last: datetime | None, now: datetime) -> datetime | None:
    """When its window opens; None where there is no schedule, or it can't be computed."""
    now = now.astimezone(UTC)
    if found := _RATE.fullmatch(schedule):
        if last is None:
            return None
        every = int(found[1]) * (HOUR if found[2] == "hour" else DAY)
        due = last.astimezone(UTC) + every
        # One of days opens its window at midnight.
        due = due if found[2] == "hour" else due.replace(hour=0, minute=0, second=0, microsecond=0)
        return max(due, now)
    if found := _CRON.fullmatch(schedule):
        try:
            return _next(found[1], found[2], found[3], found[4], now)
        except ValueError:
            return None
    return None


def _next(hours: str, days: str, months: str, weekdays: str, now: datetime) -> datetime | None:
    hour = _field(hours, 0, 23, {})
    month = _field(months, 1, 12, MONTHS)
    day, weekday = _days(days), _weekdays(weekdays)
    at = now.replace(hour=0, minute=0, second=0, microsecond=0)
    while at <= now + LONGEST:
        if month(at.month) and day(at) and weekday(at):
            for number in range(24):
                if hour(number) and (opens := at + number * HOUR) > now:
                    return opens
        at += DAY
    return None


def _days(field: str) -> Callable[[datetime], bool]:
    if field == "L":
        return lambda at: (at + DAY).day == 1
    fits = _field(field, 1, 31, {})
    return lambda at: fits(at.day)


def _weekdays(field: str) -> Callable[[datetime], bool]:
    if "#" in field:
        which, _, count = field.partition("#")
        fits, number = _field(which, 1, 7, WEEKDAYS), int(count)
        return lambda at: fits(_weekday(at)) and (at.day - 1) // 7 + 1 == number
    if len(field) > 1 and field.endswith("L"):
        fits = _field(field[:-1], 1, 7, WEEKDAYS)
        return lambda at: fits(_weekday(at)) and (at + 7 * DAY).month != at.month
    fits = _field("7" if field == "L" else field, 1, 7, WEEKDAYS)
    return lambda at: fits(_weekday(at))


def _weekday(at: datetime) -> int:
    return at.isoweekday() % 7 + 1


def _field(text: str, first: int, last: int, names: Mapping[str, int]) -> Callable[[int], bool]:
    """Whether a number fits. Raises ValueError for what is no field."""
    fitting: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        begin, dash, end = span.partition("-")
        every = begin in ("*", "?") or (slash and not begin)
        low = first if every else _number(begin, names)
        high = _number(end, names) if dash else last if every or slash else low
        if not first <= low <= high <= last:
            raise ValueError(text)
        fitting |= set(range(low, high + 1, int(step) if slash else 1))
    return lambda number: number in fitting


def _number(text: str, names: Mapping[str, int]) -> int:
    return names[text.upper()] if text.upper() in names else int(text)
