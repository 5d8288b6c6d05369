"""A CloudWatch state reason in words that a person reads at a glance."""

import re
from datetime import datetime
from typing import NamedTuple

from send_alerts.reading.figures import number, span

# The sentence CloudWatch writes into every metric alarm's reason, e.g. "Threshold Crossed: 3 out
# of the last 3 datapoints [91.2 (25/11/26 04:10:00), ...] were greater than the threshold (80.0)".
_COUNT = re.compile(r"(?P<count>\d+)(?: out of the last (?P<of>\d+))? datapoints? ")
_POINT = re.compile(r"(-?[\d.]+(?:E-?\d+)?) \((\d\d/\d\d/\d\d \d\d:\d\d:\d\d)\)", re.IGNORECASE)
_STATIC = re.compile(
    r"w(?:as|ere) (?P<how>(?:not )?(?:greater|less) than(?: or equal to)?) the threshold"
    r" \((?P<threshold>-?[\d.]+(?:E-?\d+)?)\)",
    re.IGNORECASE,
)
_BAND = re.compile(r"(?P<side>lower|upper) thresholds? \[(?P<values>[^\]]*)\]")
_MISSING = re.compile(r"no datapoints were received", re.IGNORECASE)


class Measure(NamedTuple):
    """What an alarm looks at."""

    label: str
    statistic: str = ""
    period_seconds: int = 0

    def __str__(self) -> str:
        """`CPUUtilization (average over 5 min)`, as much of it as is known."""
        over = f" over {span(self.period_seconds)}" if self.period_seconds else ""
        detail = f"{self.statistic.lower()}{over}".strip()
        return f"{self.label} ({detail})" if detail else self.label


def in_words(reason: str, measure: Measure) -> str:
    """The value against the threshold; the reason itself where it has another form."""
    points = _POINT.findall(reason)
    count = _COUNT.search(reason)
    static = _STATIC.search(reason)
    band = {match["side"]: match["values"].split(",")[0] for match in _BAND.finditer(reason)}
    if not points or not count or not (static or band):
        return f"{measure}: {reason}" if _MISSING.search(reason) else reason
    value = number(float(max(points, key=_point_time)[0]))
    share = f"{count['count']} of {count['of'] or count['count']} datapoints"
    if static:
        limit = number(float(static["threshold"]))
        return f"{measure} is {value}, {static['how'].lower()} the threshold {limit} ({share})"
    inside = "not" in reason.split("]", 1)[1].split("the", 1)[0]
    edges = " to ".join(number(float(band[side])) for side in ("lower", "upper") if side in band)
    where = "inside" if inside else "outside"
    return f"{measure} is {value}, {where} the expected band {edges} ({share})"


def threshold(reason: str) -> float | None:
    """The fixed threshold that the reason names; None for a band or another form."""
    static = _STATIC.search(reason)
    return float(static["threshold"]) if static else None


def _point_time(point: tuple[str, str]) -> datetime:
    return datetime.strptime(point[1], "%d/%m/%y %H:%M:%S")  # only compared
