"""Leaves Slack alone for as long as it asks for, or while it gives no answers."""

import time
from collections.abc import Callable

from send_alerts.channels.slack_failures import DEFAULT_RETRY_SECONDS, MaybeSent, NotSent

MOST_UNANSWERED = 3


class CircuitBreaker:
    """Lets no call through before Slack's Retry-After is over, or while it gives no answers.

    Otherwise each call of an outage would use up its time limit, and SNS would wait meanwhile.
    """

    def __init__(self) -> None:
        self._closed_until = 0.0
        self._unanswered = 0

    def call[T](self, call: Callable[[], T]) -> T:
        """The call's result. Raises NotSent while closed."""
        wait = self._closed_until - time.monotonic()
        if wait > 0:
            raise NotSent("Slack is left alone for a while", wait)
        try:
            result = call()
        except NotSent as failure:
            self._closed_until = time.monotonic() + failure.retry_after_seconds
            raise
        except MaybeSent:
            self._unanswered += 1
            if self._unanswered >= MOST_UNANSWERED:
                self._closed_until = time.monotonic() + DEFAULT_RETRY_SECONDS
            raise
        self._unanswered = 0
        return result
