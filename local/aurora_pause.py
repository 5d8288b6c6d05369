"""Aurora Serverless v2's automatic pause, second by second, and what the time awake costs.

After the Aurora User Guide, "Scaling to Zero ACUs with automatic pause and resume for Aurora
Serverless v2": a cluster with a minimum of 0 ACU pauses once no client has been connected for
SecondsUntilAutoPause (300 at least, and by default), any attempt to connect wakes it, and it is
charged by the second while awake, for half an ACU at least. CloudWatch shows its connections a
minute at a time, some two minutes late, and rounds the start of what is asked for down to the
minute ("GetMetricStatistics", API Reference).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3600, 86_400
PAUSE_AFTER_SECONDS = 300
METRIC_LATE_SECONDS = 120
LEAST_ACU = 0.5
DOLLARS_PER_ACU_HOUR = 0.12
HOURS_PER_MONTH = 730
REAPED_AFTER_SECONDS = 360
"""Rails closes a connection of its pool after 300 idle seconds, when its reaper passes: each 60 s
(Active Record's `idle_timeout` and `reaping_frequency`)."""
TICK_SECOND = 20
"""Within the minute, at which the scaler runs: EventBridge Scheduler keeps the minute alone."""

type Points = Mapping[int, float]
"""Greatest number of connections, by the second at which the minute begins."""
type Measures = Callable[[int, Points], bool]
"""Whether the scaler connects at a second, given what CloudWatch shows by then."""


@dataclass(frozen=True)
class Visit:
    """A connection of the app, a canary or a person."""

    at: int
    held_seconds: int = REAPED_AFTER_SECONDS


@dataclass(frozen=True)
class Run:
    """What became of a cluster."""

    seconds: int
    awake_seconds: int
    measured_at: tuple[int, ...]

    @property
    def dollars_a_month(self) -> float:
        """The bill of a month that goes on like this."""
        hours = HOURS_PER_MONTH * self.awake_seconds / self.seconds
        return hours * LEAST_ACU * DOLLARS_PER_ACU_HOUR


def nobody(_now: int, _points: Points) -> bool:
    """No scaler at all."""
    return False


def every(seconds: int, *, held_seconds: int = REAPED_AFTER_SECONDS) -> tuple[Visit, ...]:
    """A visit at each multiple of so many seconds, for a day."""
    return tuple(Visit(at, held_seconds) for at in range(0, DAY, seconds))


def play(
    visits: Iterable[Visit], measures: Measures = nobody, *, measuring_shows_in_metric: bool = False
) -> Run:
    """A day. A measurement lasts a second, and may or may not be seen by the metric's samples."""
    visited = [0] * DAY
    for visit in visits:
        for second in range(visit.at, min(visit.at + visit.held_seconds, DAY)):
            visited[second] += 1
    points: dict[int, float] = {}
    awake_seconds, idle, measured_at = 0, PAUSE_AFTER_SECONDS, []
    for now in range(DAY):
        measured = now % MINUTE == TICK_SECOND and measures(now, shown(points, now))
        if measured:
            measured_at.append(now)
        connected = visited[now] + measured
        idle = 0 if connected else idle + 1
        awake = idle < PAUSE_AFTER_SECONDS
        awake_seconds += awake
        if awake:
            seen = float(visited[now] + (measured and measuring_shows_in_metric))
            minute = now - now % MINUTE
            points[minute] = max(points.get(minute, 0.0), seen)
    return Run(DAY, awake_seconds, tuple(measured_at))


def shown(points: Points, now: int) -> Points:
    """What CloudWatch shows at a second: whole minutes, late."""
    newest = now - METRIC_LATE_SECONDS - MINUTE
    return {minute: value for minute, value in points.items() if minute <= newest}
