"""The request as it arrived: nothing of it is read before its signature has been checked.

Slack signs the time and the body (Slack developer docs, "Verifying requests from Slack").
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_sdk.signature import Clock, SignatureVerifier

from answer_slack.refusal import Refusal, Refused

MOST_BYTES = 256 * 1024
"""A message of ours with its blocks, as a form, is a tenth of it."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class SignedRequest:
    """A body with what proves that Slack has sent it."""

    body: str
    signed_at: datetime
    signature: str


def receive(event: Mapping[str, Any]) -> SignedRequest:
    """The request of a function URL's event (payload format 2.0). Raises Refused."""
    content, headers = event.get("body"), event.get("headers")
    if not isinstance(content, str) or not isinstance(headers, dict):
        raise Refused(Refusal.NOT_A_FORM)
    if len(content) > MOST_BYTES * 4 / 3 + 4:
        raise Refused(Refusal.TOO_LARGE)
    if str(headers.get("content-type", "")).partition(";")[0].strip().lower() != FORM:
        raise Refused(Refusal.NOT_A_FORM)
    signature, timestamp = (
        headers.get("x-slack-signature"),
        headers.get("x-slack-request-timestamp"),
    )
    if not isinstance(signature, str) or not isinstance(timestamp, str):
        raise Refused(Refusal.UNSIGNED)
    # Ten digits until the year 2286, and no sign or blank that int() would take.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) == 10):
        raise Refused(Refusal.UNSIGNED)
    body = _decoded(content) if event.get("isBase64Encoded") is True else content
    if len(body.encode()) > MOST_BYTES:
        raise Refused(Refusal.TOO_LARGE)
    return SignedRequest(body, datetime.fromtimestamp(int(timestamp), UTC), signature)


def verify(request: SignedRequest, signing_secret: str, now: datetime) -> None:
    """Raises Refused unless Slack has signed it within five minutes of now."""
    verifier = SignatureVerifier(signing_secret, _At(now))
    timestamp = str(int(request.signed_at.timestamp()))
    # Characters beyond ASCII would make compare_digest raise.
    if not request.signature.isascii():
        raise Refused(Refusal.FORGED)
    if verifier.is_valid(request.body, timestamp, request.signature):
        return
    # Whether it is late is nobody's secret: it says so itself.
    late = abs((now - request.signed_at).total_seconds()) > 300
    raise Refused(Refusal.LATE if late else Refusal.FORGED)


class _At(Clock):
    """The verifier's clock, stopped."""

    def __init__(self, now: datetime) -> None:
        self._now = now.timestamp()

    def now(self) -> float:
        return self._now


def _decoded(content: str) -> str:
    try:
        return base64.b64decode(content, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(Refusal.NOT_A_FORM) from None
