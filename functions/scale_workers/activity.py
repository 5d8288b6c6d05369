"""Whether anyone uses the database, asked without waking it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

WINDOW_SECONDS = 600
PERIOD_SECONDS = 60
OWN_SECONDS = 15
"""How long a measurement of ours may hold its connection, resuming a cluster included."""


class Connections(NamedTuple):
    """The most connections that were open at once in a minute."""

    start: datetime
    most: float


def newly_used(points: Iterable[Connections], measured_at: datetime | None) -> bool:
    """Whether anybody connected whom the last measurement did not see.

    Each measurement keeps a cluster awake, and makes a connection of its own. So one is made for
    new activity only: minutes before the last measurement are known, and in the minute of that
    measurement itself one connection is ours.
    """
    for point in points:
        ours = 0
        if measured_at:
            end = point.start + timedelta(seconds=PERIOD_SECONDS)
            if end <= measured_at:
                continue
            ours = point.start < measured_at + timedelta(seconds=OWN_SECONDS)
        if point.most > ours:
            return True
    return False


class Activity(Protocol):
    """The port; asked only while no worker service has a task."""

    def connections(self, now: datetime) -> list[Connections]:
        """Of the last minutes, as far as they are known."""


class ClusterActivity:
    """By the cluster's metric DatabaseConnections, which Aurora publishes each minute.

    No data point counts as nobody: a paused instance publishes none, or zeros. It costs one
    GetMetricStatistics a tick ($0.01 for 1,000), and the metric comes a minute or two late.
    """

    def __init__(self, client: Callable[[], "CloudWatchClient"], cluster_id: str) -> None:
        self._client = client
        self._cluster_id = cluster_id

    def connections(self, now: datetime) -> list[Connections]:
        """See Activity."""
        points = self._client().get_metric_statistics(
            Namespace="AWS/RDS",
            MetricName="DatabaseConnections",
            Dimensions=[{"Name": "DBClusterIdentifier", "Value": self._cluster_id}],
            StartTime=now - timedelta(seconds=WINDOW_SECONDS),
            EndTime=now,
            Period=PERIOD_SECONDS,
            Statistics=["Maximum"],
        )["Datapoints"]
        return [Connections(point["Timestamp"], point["Maximum"]) for point in points]
