"""The peer: a message per event, as terraform-aws-notify-slack posts them.

Its function posts each event to a webhook. An HTTP error is written to the log and returned, which
for Lambda is a success; any other error makes Lambda invoke it again, twice at most. What it costs
is measured here by a model of that, with the same events and the same trouble with Slack.
"""

import json
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from benchmarks.alerts.load import transition
from benchmarks.alerts.trouble import Faults
from local.slack import SlackStandIn

ATTEMPTS = 3  # AWS Lambda Developer Guide, "Asynchronous invocation"
TIMEOUT_SECONDS = 30  # that of its function
AT_ONCE = 20


@dataclass(frozen=True)
class Peer:
    """What became of the events."""

    in_channel: int
    lost: int
    shown_twice: int


def run(sent: list[dict[str, Any]], seed: int) -> Peer:
    """Post all of them."""
    with SlackStandIn().start() as slack, ThreadPoolExecutor(AT_ONCE) as pool:
        slack.fail_by(Faults(seed))
        list(pool.map(lambda event: _invoke(slack.webhook_url, event), sent))
        shown = Counter(message.text for message in slack.messages)
    wanted = {transition(event) for event in sent}
    return Peer(
        in_channel=shown.total(),
        lost=len(wanted - set(shown)),
        shown_twice=sum(count - 1 for count in shown.values()),
    )


def _invoke(url: str, event: dict[str, Any]) -> None:
    for _ in range(ATTEMPTS):
        try:
            _post(url, transition(event))
        except urllib.error.HTTPError:
            return
        except (OSError, HTTPException):
            continue
        return


def _post(url: str, text: str) -> None:
    request = urllib.request.Request(  # noqa: S310  # the stand-in's address
        url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310  # as above
        pass
