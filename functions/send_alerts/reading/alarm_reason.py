"""A CloudWatch state reason in words that a person reads at a glance."""

import re
from typing import NamedTuple

# The sentence CloudWatch writes into every metric alarm's reason, e.g. "Threshold Crossed: 3 out
# of the last 3 datapoints [91.2 (25/11/26 04:10:00), ...] were greater than the threshold (80.0)".
_COUNT = re.compile(
    r"(?P<count>\d+)(?: out of the last (?P<of>\d+))? (?P<what>datapoint|query result)s? "
)
_POINT = re.compile(r"(-?[\d.]+(?:E-?\d+)?) \((\d\d/\d\d/\d\d \d\d:\d\d:\d\d)\)", re.IGNORECASE)
_STATIC = re.compile(
    r"w(?:as|ere) (?P<how>(?:not )?(?:greater|less) than(?: or equal to)?) the threshold"
    r" \((?P<threshold>-?[\d.]+(?:E-?\d+)?)\)",
    re.IGNORECASE,
)
_BAND = re.compile(r"(?P<side>lower|upper) thresholds? \[(?P<values>[^\]]*)\]")
_MISSING = re.compile(
    r"no datapoints were received(?: for (?P<periods>\d+) periods?)?"
    r"(?:.*treated as \[(?P<as>\w+)\])?",
    re.IGNORECASE,
)

# Of a composite alarm.
_WENT = re.compile(r"arn:\S+?:alarm:(?P<name>.+?) transitioned to (?P<state>\w+) at ")
_RULED = re.compile(
    r"arn:\S+?:alarm:(?P<name>.+?) was (?P<how>\w+) and its alarm rule evaluates to (?P<state>\w+)"
)


class Reason(NamedTuple):
    """What a reason says."""

    text: str
    """The value of what is measured against the threshold; else the reason itself."""
    threshold: float | None
    """The fixed one; None for a band or another form."""


def read_reason(reason: str, named: str) -> Reason:
    """A reason, in the words for what is so named."""
    static = _STATIC.search(reason)
    return Reason(_in_words(reason, named), float(static["threshold"]) if static else None)


def _in_words(reason: str, named: str) -> str:
    if went := _WENT.match(reason):
        return f"{went['name']} went to {went['state']}"
    if ruled := _RULED.match(reason):
        return f"{ruled['name']} was {ruled['how']}, and its rule says {ruled['state']}"
    if missing := _MISSING.search(reason):
        counts = f"; missing data counts as {missing['as'].lower()}" if missing["as"] else ""
        number_of = missing["periods"] or "some"
        periods = "period" if number_of == "1" else "periods"
        return f"{named}: no data for {number_of} {periods}{counts}"
    points, count = _POINT.findall(reason), _COUNT.search(reason)
    if not points or not count:
        return reason
    value = _number(max(points, key=_point_time)[0])
    share = f"{count['count']} of {count['of'] or count['count']} {count['what']}s"
    if against := _against(reason):
        return f"{named} is {value}, {against} ({share})"
    return reason


def _against(reason: str) -> str:
    if static := _STATIC.search(reason):
        return f"{static['how'].lower()} the threshold {_number(static['threshold'])}"
    band = {match["side"]: match["values"].split(",")[0] for match in _BAND.finditer(reason)}
    if not band:
        return ""
    edges = {side: _number(value) for side, value in band.items()}
    inside = "not" in reason.split("]", 1)[1].split("the", 1)[0]
    if len(edges) > 1:
        where = "inside" if inside else "outside"
        return f"{where} the expected band {edges['lower']} to {edges['upper']}"
    ((side, edge),) = edges.items()
    beyond = "above" if side == "upper" else "below"
    return f"{'not ' if inside else ''}{beyond} the {side} bound {edge}"


def _number(value: str) -> str:
    """Four significant digits, whole above a thousand."""
    number = float(value)
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def _point_time(point: tuple[str, str]) -> tuple[str, ...]:
    """To compare by: year, month, day, time. The first strptime of a process takes 7 ms."""
    date, time = point[1].split()
    return (*reversed(date.split("/")), time)
