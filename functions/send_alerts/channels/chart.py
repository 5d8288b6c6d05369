"""A picture of the alarm's metric with its threshold."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient


class Chart(Protocol):
    """The port; tests give a fixed picture."""

    def draw(self, widget: str) -> bytes:
        """The widget as a PNG."""


class CloudWatchChart:
    """Chart by GetMetricWidgetImage."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def draw(self, widget: str) -> bytes:
        """See Chart. Raises botocore's errors."""
        return self._client.get_metric_widget_image(MetricWidget=widget)["MetricWidgetImage"]
