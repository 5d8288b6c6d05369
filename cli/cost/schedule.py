"""How often a schedule of EventBridge starts something in a month."""

import math
import re

from cli.cost.workload import DAYS

_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}
_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


class BadSchedule(Exception):
    """An expression that is not understood; the message holds it."""


def runs_a_month(expression: str) -> float:
    """Of `rate(15 minutes)` or `cron(0 7 ? * MON *)`. Raises BadSchedule.

    The fields of cron: minutes, hours, day of month, month, day of week, year (EventBridge
    Scheduler User Guide, "Schedule types"); a year and L, W, # are not counted.
    """
    if match := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression):
        return DAYS * 24 * 60 / (int(match[1]) * _MINUTES[match[2]])
    if match := re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) \*\)", expression):
        minutes, hours, days, months, weekdays = match.groups()
        a_day = _count(minutes, 60, expression) * _count(hours, 24, expression)
        if weekdays not in ("?", "*"):
            share = _count(weekdays, 7, expression) / 7 * DAYS
        elif days not in ("?", "*"):
            share = _count(days, 31, expression)
        else:
            share = DAYS
        return a_day * share * _count(months, 12, expression) / 12
    raise BadSchedule(expression)


def _count(field: str, values: int, expression: str) -> int:
    count = 0
    for part in field.split(","):
        if part in ("*", "?"):
            count += values
        elif match := re.fullmatch(r"(\d+|\*)/(\d+)", part):
            first = 0 if match[1] == "*" else int(match[1])
            count += math.ceil((values - first) / int(match[2]))
        elif match := re.fullmatch(r"(\d+|[A-Z]{3})-(\d+|[A-Z]{3})", part):
            low, high = (_number(one, expression) for one in match.groups())
            count += high - low + 1
        else:
            _number(part, expression)
            count += 1
    return count


def _number(text: str, expression: str) -> int:
    if text in _NAMES:
        return _NAMES.index(text) + 1
    if not text.isdigit():
        raise BadSchedule(expression)
    return int(text)
