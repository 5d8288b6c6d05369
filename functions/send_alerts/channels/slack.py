"""Slack, by bot token or by incoming webhook. Every call raises SlackFailure."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any, NamedTuple, Protocol
from urllib.request import Request, build_opener, install_opener

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from send_alerts.channels.circuit_breaker import CircuitBreaker
from send_alerts.channels.slack_call import call
from send_alerts.channels.slack_failures import (
    MessageGone,
    SlackBroken,
    of_exception,
    of_webhook,
)
from send_alerts.channels.slack_places import SlackPlaces
from send_alerts.words.markup import Message

TIMEOUT_SECONDS = 5
EVENT_TYPE = "jiki_ops_alert"
CLOCK_SKEW = timedelta(minutes=2)
PAGE_SIZE = 200
MOST_PAGES = 10


def prepare_connections() -> None:
    """Load root certificates (20 ms) and urllib's expressions (1 ms) before the first event."""
    install_opener(build_opener())
    Request(WebClient.BASE_URL)  # noqa: S310  # nothing is opened


class Posted(NamedTuple):
    """Where a message stands."""

    channel: str
    ts: str
    thread_ts: str = ""
    """The thread it hangs in, by Slack's answer; empty for a message of its own."""


class Threads(Protocol):
    """A channel with threads and edits."""

    def post(
        self,
        message: Message,
        delivery: str,
        thread_ts: str = "",
        *,
        broadcast: bool = False,
        channel: str = "",
    ) -> Posted:
        """Post a message; `broadcast` shows one of a thread in the channel too.

        Without a channel it goes to the stack's own.
        """

    def find(
        self, delivery: str, since: datetime, thread_ts: str = "", *, channel: str = ""
    ) -> Posted | None:
        """The message that an earlier attempt has left, if it did."""

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Edit a message."""

    def upload(self, channel: str, thread_ts: str, title: str, png: bytes) -> None:
        """Put a picture into the thread."""


class Webhook(Protocol):
    """A channel that takes messages and answers no more than ok."""

    def post(self, message: Message) -> None:
        """Post a message."""


class BotSlack:
    """Threads with a bot token.

    Scopes: chat:write, channels:history (groups:history for a private channel), files:write.
    """

    def __init__(self, token: str, channel: str, api_url: str) -> None:
        # No retries by the client: whether one is safe depends on what is known of the failure.
        self._client = WebClient(
            token, timeout=TIMEOUT_SECONDS, retry_handlers=[], base_url=api_url
        )
        self._channel = channel
        self._breaker = CircuitBreaker()
        self.places = SlackPlaces(self._client)

    def post(
        self,
        message: Message,
        delivery: str,
        thread_ts: str = "",
        *,
        broadcast: bool = False,
        channel: str = "",
    ) -> Posted:
        """See Threads. The delivery's name travels as the message's metadata."""
        answer = self._call(
            self._client.chat_postMessage,
            channel=channel or self._channel,
            **message.payload,
            thread_ts=thread_ts or None,
            reply_broadcast=broadcast or None,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"delivery": delivery}},
        )
        thread = (answer.get("message") or {}).get("thread_ts") or ""
        return Posted(str(answer["channel"]), str(answer["ts"]), str(thread))

    def whoami(self) -> str:
        """Who the token belongs to (`auth.test`)."""
        answer = self._call(self._client.auth_test)
        return f"{answer.get('user')} of {answer.get('team')}"

    def find(
        self, delivery: str, since: datetime, thread_ts: str = "", *, channel: str = ""
    ) -> Posted | None:
        """See Threads. Without the history scope nothing is found."""
        try:
            place = channel or self._channel
            for message in self._messages(since, thread_ts, place):
                payload = message.get("metadata", {}).get("event_payload", {})
                if payload.get("delivery") == delivery:
                    return Posted(place, str(message["ts"]), thread_ts)
        except MessageGone:
            # The thread it was for has been deleted.
            return None
        except SlackBroken as failure:
            if failure.code != "missing_scope":
                raise
        return None

    def _messages(self, since: datetime, thread_ts: str, channel: str) -> Iterator[dict[str, Any]]:
        oldest = f"{(since - CLOCK_SKEW).timestamp():.6f}"
        cursor = None
        for _ in range(MOST_PAGES):
            arguments: dict[str, Any] = {
                "channel": channel,
                "oldest": oldest,
                "limit": PAGE_SIZE,
                "include_all_metadata": True,
                "cursor": cursor,
            }
            if thread_ts:
                answer = self._call(self._client.conversations_replies, ts=thread_ts, **arguments)
            else:
                answer = self._call(self._client.conversations_history, **arguments)
            yield from answer["messages"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def update(self, channel: str, ts: str, message: Message) -> None:
        """See Threads."""
        self._call(self._client.chat_update, channel=channel, ts=ts, **message.payload)

    def upload(self, channel: str, thread_ts: str, title: str, png: bytes) -> None:
        """See Threads."""
        self._call(
            self._client.files_upload_v2,
            channel=channel,
            thread_ts=thread_ts,
            title=title,
            filename="metric.png",
            file=png,
        )

    def _call(self, method: Callable[..., Any], **arguments: Any) -> Any:
        return self._breaker.call(lambda: call(method, **arguments))


class WebhookSlack:
    """Webhook with Slack's incoming webhooks."""

    def __init__(self, url: str) -> None:
        self._client = WebhookClient(url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        self._breaker = CircuitBreaker()

    def post(self, message: Message) -> None:
        """See Webhook."""

        def attempt() -> None:
            try:
                answer = self._client.send(**message.payload)
            except (OSError, HTTPException) as error:
                raise of_exception(error) from None
            if answer.status_code != 200:
                raise of_webhook(answer.status_code, answer.body.strip(), answer.headers)

        self._breaker.call(attempt)
