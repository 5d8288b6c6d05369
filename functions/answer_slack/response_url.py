"""Answers a click: Slack shows nothing of the response itself, only what its address is sent."""

from typing import Protocol
from urllib.parse import urlsplit

import urllib3

from ops_common.observability import logger

SLACK = "https://hooks.slack.com"


class Reply(Protocol):
    """The port; tests give one that collects."""

    def __call__(self, response_url: str, body: str) -> None:
        """Send the body there, if it is Slack's; whether it arrives is not waited for long."""


class SlackReply:
    """Reply to Slack's own addresses alone, whatever a payload names."""

    def __init__(self, origin: str, timeout_seconds: float) -> None:
        self._origin = urlsplit(origin)[:2]
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=timeout_seconds, read=timeout_seconds), retries=False
        )

    def __call__(self, response_url: str, body: str) -> None:
        """See Reply."""
        if urlsplit(response_url)[:2] != self._origin:
            logger.warning("reply not sent", reason="its address is not Slack's")
            return
        try:
            self._pool.request(
                "POST", response_url, body=body, headers={"Content-Type": "application/json"}
            )
        except urllib3.exceptions.HTTPError as error:
            logger.warning("reply not sent", reason=type(error).__name__)
