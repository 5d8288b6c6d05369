"""Which composite alarms name an alarm, as CloudWatch knows before any of them has rung."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from ops_common.pages import pages
from send_alerts.reading.composite_rule import children_of

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

KEPT_SECONDS = 300.0


class Family(NamedTuple):
    """A composite alarm and those that its rule names, by their incident keys."""

    parent: str
    children: tuple[str, ...]


class Composites(Protocol):
    """The port; tests give a fixed family."""

    def family_of(self, child: str) -> Family | None:
        """The family of a composite that names the alarm."""


class CloudWatchComposites:
    """Composites by DescribeAlarms; all are read at once, and kept for some minutes."""

    def __init__(
        self, client: "CloudWatchClient", seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._seconds = seconds
        self._families: list[Family] = []
        self._read_at = float("-inf")

    def family_of(self, child: str) -> Family | None:
        """See Composites. None where CloudWatch can't be asked: the alarm stands for itself."""
        if self._seconds() - self._read_at > KEPT_SECONDS:
            try:
                self.refresh()
            except (BotoCoreError, ClientError) as error:
                # It isn't asked again for as long: each alert of an outage would wait for it.
                self._read_at = self._seconds()
                logger.warning("composite alarms unknown", reason=str(error))
        return next((family for family in self._families if child in family.children), None)

    def refresh(self) -> None:
        """Read them. Raises BotoCoreError or ClientError, and keeps what was known."""
        read_at = self._seconds()
        self._families, self._read_at = self._read(), read_at

    def _read(self) -> list[Family]:
        listing = pages(self._client.describe_alarms, "NextToken", AlarmTypes=["CompositeAlarm"])
        return [
            Family(
                f"alarm:{alarm['AlarmArn']}",
                children_of(alarm["AlarmArn"], alarm["AlarmName"], alarm["AlarmRule"]),
            )
            for page in listing
            for alarm in page["CompositeAlarms"]
        ]
