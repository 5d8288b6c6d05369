"""Slack's failures, told apart by what they mean for the message at hand."""

import socket
from collections.abc import Mapping
from datetime import timedelta

DEFAULT_RETRY_SECONDS = 30.0
# How long after a failure a message may still appear: an answer, if only an error, is the end of
# the request; without one it may still be on its way.
AFTER_ANSWER = timedelta(seconds=2)
AFTER_SILENCE = timedelta(seconds=30)
# Slack's own trouble, by its own words some of the work may have been done
# (Slack API reference, errors of chat.postMessage).
OF_SLACK = frozenset(
    ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "timeout")
)
# This one message is refused; others would pass.
OF_THE_MESSAGE = frozenset(
    (
        "attachment_payload_limit_exceeded",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_payload",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
    )
)
# The message to edit, or the thread's head, is gone.
GONE = frozenset(
    ("message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found")
)


class SlackFailure(Exception):
    """Slack did not confirm the call."""


class NotSent(SlackFailure):
    """Surely nothing was posted; to be tried again after `retry_after_seconds`."""

    def __init__(self, reason: str, retry_after_seconds: float) -> None:
        super().__init__(f"{reason}; to be tried again in {retry_after_seconds:.0f} s")
        self.retry_after_seconds = retry_after_seconds


class MaybeSent(SlackFailure):
    """A timeout, a lost connection, a 5xx: the message may stand there, or will after `settle`."""

    def __init__(self, reason: str, settle: timedelta = AFTER_SILENCE) -> None:
        super().__init__(reason)
        self.settle = settle

    @property
    def retry_after_seconds(self) -> float:
        """Sooner there is no use in looking whether it was posted."""
        return self.settle.total_seconds()


class MessageRefused(SlackFailure):
    """Slack refuses this message, for its form."""


class MessageGone(SlackFailure):
    """Somebody has deleted the message to edit or to answer."""


class SlackBroken(SlackFailure):
    """Token, channel or workspace: nothing passes until a person mends it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack does not take messages: {code}")
        self.code = code


def of_answer(status: int, code: str, headers: Mapping[str, str]) -> SlackFailure:
    """What an HTTP answer other than a success means."""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return NotSent("Slack limits the rate", _retry_after(headers))
    if status >= 500 or code in OF_SLACK or " " in code or not code:
        # Codes are single words; anything else is a page of something in between.
        return MaybeSent(f"Slack answered with HTTP {status} {code[:100]}".strip(), AFTER_ANSWER)
    if code in GONE:
        return MessageGone(code)
    if code in OF_THE_MESSAGE:
        return MessageRefused(code)
    return SlackBroken(code)


def of_exception(error: Exception) -> SlackFailure:
    """What a failure of the connection means."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, (ConnectionRefusedError, socket.gaierror)):
        return NotSent(f"no connection to Slack: {cause}", DEFAULT_RETRY_SECONDS)
    return MaybeSent(f"no answer from Slack: {cause}")


def _retry_after(headers: Mapping[str, str]) -> float:
    value = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return max(1.0, float(value)) if value.isdecimal() else DEFAULT_RETRY_SECONDS
