"""Slack's failures, by what they mean for the message at hand."""

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
# Answers of 4xx that say nothing of the request: a time-out, a limit.
MAYBE_STATUS = frozenset((408, 425, 429))
# The message to edit, or the thread's head, is gone.
GONE = frozenset(
    ("message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found")
)
# This one channel takes nothing of the bot's.
OF_THE_CHANNEL = frozenset(("channel_not_found", "is_archived", "not_in_channel"))
# The thread takes no replies (any more); the channel is well.
CLOSED = frozenset(("thread_locked", "cannot_reply_to_message", "restricted_action_thread_locked"))


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
        """Sooner there is no use in asking whether it was posted."""
        return self.settle.total_seconds()


class MessageRefused(SlackFailure):
    """Slack refuses this message, for its form."""


class MessageGone(SlackFailure):
    """Somebody has deleted the message to edit or to answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ThreadClosed(MessageGone):
    """Nothing can be said in this thread; a new root message can."""


class SlackBroken(SlackFailure):
    """Token, channel, address or workspace: nothing passes until a person fixes it."""

    def __init__(self, code: str, detail: str = "") -> None:
        said = f"{code} ({detail})" if detail else code
        super().__init__(f"Slack does not take messages: {said}")
        self.code = code


def of_answer(status: int, code: str, headers: Mapping[str, str], detail: str = "") -> SlackFailure:
    """What an HTTP answer other than a success means; `detail` is what people need beside it."""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return NotSent("Slack limits the rate", _retry_after(headers))
    if status >= 500 or code in OF_SLACK or " " in code or not code:
        # Codes are single words; anything else is a page of something in between.
        return MaybeSent(f"Slack answered with HTTP {status} {code[:100]}".strip(), AFTER_ANSWER)
    if code in GONE:
        return MessageGone(code)
    if code in CLOSED:
        return ThreadClosed(code)
    if code in OF_THE_MESSAGE:
        return MessageRefused(code)
    return SlackBroken(code, detail)


def of_webhook(status: int, body: str, headers: Mapping[str, str]) -> SlackFailure:
    """What a webhook's answer other than `ok` means.

    Its refusals are a word of text. Any other answer of 4xx is one all the same: the page of a
    mistyped address, the JSON of a workflow's trigger.
    """
    if not 400 <= status < 500 or status in MAYBE_STATUS or body in OF_THE_MESSAGE:
        return of_answer(status, body, headers)
    if body and " " not in body and body.isprintable() and "<" not in body and "{" not in body:
        return of_answer(status, body, headers)
    words = "this is the address of a workflow, not of an incoming webhook"
    reason = words if body.startswith("{") else "no incoming webhook is at this address"
    return SlackBroken(f"HTTP {status}: {reason}")


def of_exception(error: Exception) -> SlackFailure:
    """What a failure of the connection means."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, (ConnectionRefusedError, socket.gaierror)):
        return NotSent(f"no connection to Slack: {cause}", DEFAULT_RETRY_SECONDS)
    return MaybeSent(f"no answer from Slack: {cause}")


def _retry_after(headers: Mapping[str, str]) -> float:
    value = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return max(1.0, float(value)) if value.isdecimal() else DEFAULT_RETRY_SECONDS
