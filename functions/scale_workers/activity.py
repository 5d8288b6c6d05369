"""Whether anyone uses the database, asked without waking it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

LOOK_BACK_SECONDS = 600


class Activity(Protocol):
    """The port; asked only while the service has no task at all."""

    def connected(self, now: datetime) -> bool:
        """Whether anyone was connected lately."""


class ClusterActivity:
    """By the cluster's metric DatabaseConnections, which Aurora publishes each minute.

    No data point counts as nobody: a paused instance publishes none, or zeros. It costs one
    GetMetricStatistics a tick ($0.01 for 1,000), and the metric comes a minute or two late.
    """

    def __init__(self, client: "CloudWatchClient", cluster_id: str) -> None:
        self._client = client
        self._cluster_id = cluster_id

    def connected(self, now: datetime) -> bool:
        """See Activity."""
        points = self._client.get_metric_statistics(
            Namespace="AWS/RDS",
            MetricName="DatabaseConnections",
            Dimensions=[{"Name": "DBClusterIdentifier", "Value": self._cluster_id}],
            StartTime=now - timedelta(seconds=LOOK_BACK_SECONDS),
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return any(point["Maximum"] > 0 for point in points)
