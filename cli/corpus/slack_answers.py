"""Answers of Slack, given to the clients that post by bot token and by webhook."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from cli.corpus.verdicts import Verdict, asked
from send_alerts.channels.slack import BotSlack, WebhookSlack
from send_alerts.channels.slack_failures import (
    MaybeSent,
    MessageGone,
    MessageRefused,
    NotSent,
    SlackBroken,
    SlackFailure,
    ThreadClosed,
)
from send_alerts.words.markup import message

MESSAGE = message("CPU high", "#d62728")
MEANINGS: tuple[tuple[type[SlackFailure], str], ...] = (
    (ThreadClosed, "new_head"),
    (MessageGone, "gone"),
    (MessageRefused, "refused"),
    (MaybeSent, "maybe"),
    (NotSent, "retry"),
    (SlackBroken, "broken"),
)


def judge_folder(folder: Path, expected: Mapping[str, Any]) -> Iterator[Verdict]:
    """A verdict for each file."""
    for name, entry in expected.items():
        yield asked(folder.name, name, partial(_troubles, folder / name, entry["expect"]))


def _troubles(path: Path, expect: Mapping[str, Any]) -> list[str]:
    recorded = json.loads(path.read_text())
    with _answering(recorded) as url:
        means, after = _post(recorded["request"], url)
    troubles = [] if means == expect["means"] else [f"{means}, not {expect['means']}"]
    if "after" in expect and after != expect["after"]:
        troubles.append(f"again after {after} s, not {expect['after']} s")
    return troubles


def _post(request: Mapping[str, Any], url: str) -> tuple[str, float | None]:
    thread, method = str(request.get("thread_ts") or ""), request.get("method")
    try:
        if method == "webhook":
            WebhookSlack(url).post(MESSAGE)
            return "sent", None
        bot = BotSlack("xoxb-0", "C0OPS", url)
        if method == "chat.update":
            bot.update("C0OPS", "1.0", MESSAGE)
            return "sent", None
        posted = bot.post(MESSAGE, "x", thread)
    except SlackFailure as failure:
        after = failure.retry_after_seconds if isinstance(failure, NotSent) else None
        return next(word for kind, word in MEANINGS if isinstance(failure, kind)), after
    return ("sent_unthreaded" if thread and not posted.thread_ts else "sent"), None


@contextmanager
def _answering(recorded: Mapping[str, Any]) -> Iterator[str]:
    """The address of a server that gives this one answer, until the block ends."""
    body = recorded["body"]
    data = (body if isinstance(body, str) else json.dumps(body)).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is http.server's
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(recorded["status"])
            for name, value in recorded["headers"].items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
