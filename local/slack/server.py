"""The Slack stand-in as an HTTP server, and the bad days that tests ask it for."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from local.clock import Clock, real_clock
from local.http_server import HangUp, Request, Response, serve
from local.slack.app import RESPONSE_PATH, App
from local.slack.page import PATHS, Page
from local.slack.workspace import Json, Message, SlackError, Workspace

TOKEN, CHANNEL = "xoxb-local", "C0JIKIOPS"  # nobody's token
SCOPES = "chat:write,channels:history,files:write,usergroups:read,commands"
WEBHOOK_PATH = "/services/T000/B000/local"


@dataclass
class Failure:
    """How the next calls fail: an HTTP status, an error code, silence, or a cut connection."""

    status: int = 200
    error: str = ""
    retry_after_seconds: int | None = None
    delay_seconds: float = 0
    """How long nothing is answered; then the connection is cut."""
    cut: bool = False
    after_the_work: bool = False
    """Whether the message is posted all the same."""
    method: str | None = None
    times: float = 1


@dataclass(frozen=True)
class Call:
    """One request that the stand-in got."""

    method: str
    arguments: Json


class SlackStandIn:
    """One workspace with one channel; `url` is for the Web API, `webhook_url` for the other."""

    def __init__(
        self, clock: Clock = real_clock, *, token: str = TOKEN, channel: str = CHANNEL
    ) -> None:
        self.token, self.channel = token, channel
        self.workspace = Workspace(clock, channel)
        self.calls: list[Call] = []
        self.lacking: set[str] = set()
        """Methods whose scope the app was not given."""
        self.app = App(self.workspace)
        self.url = self.webhook_url = ""
        self._failures: list[Failure] = []
        self._choose: Callable[[str], Failure | None] = lambda _: None
        self._stopped = threading.Event()

    @contextmanager
    def start(self, *, listen_address: str = "127.0.0.1") -> Iterator["SlackStandIn"]:
        """Serve until the block ends."""
        with serve(self._answer, listen_address=listen_address) as port:
            base = f"http://127.0.0.1:{port}"
            self.url, self.webhook_url = f"{base}/api/", base + WEBHOOK_PATH
            self.app.base = base
            try:
                yield self
            finally:
                self._stopped.set()

    @property
    def messages(self) -> list[Message]:
        """All messages as they stand now, replies in threads included, oldest first."""
        return list(self.workspace.messages)

    def thread(self, ts: str) -> list[Message]:
        """The replies to a message, oldest first."""
        return self.workspace.thread(ts)

    def delete(self, ts: str) -> None:
        """A person deletes a message."""
        self.workspace.delete(ts)

    def fail_next(self, failure: Failure) -> None:
        """Let the next `failure.times` calls fail so."""
        self._failures.append(failure)

    def fail_by(self, choose: Callable[[str], Failure | None]) -> None:
        """Let each further call fail as `choose` says for its method."""
        self._choose = choose

    def recover(self) -> None:
        """End every failure that was asked for."""
        self._failures.clear()
        self._choose = lambda _: None

    def _answer(self, request: Request) -> Response:
        if request.path in PATHS:
            return Page(self.workspace, self.app).answer(request)
        method = request.path.removeprefix("/api/")
        if request.path.startswith("/upload/"):
            method = "upload"
        elif request.path == WEBHOOK_PATH:
            method = "webhook"
        elif request.path.startswith(RESPONSE_PATH):
            method = "response_url"
        arguments = _arguments(request) if method != "upload" else {}
        with self.workspace.lock:
            self.calls.append(Call(method, arguments))
            failure = self._next_failure(method)
        if failure is None or failure.after_the_work:
            with self.workspace.lock:
                response = self._do(method, arguments, request)
            if failure is None:
                return response
        return self._fail(failure)

    def _next_failure(self, method: str) -> Failure | None:
        for failure in self._failures:
            if failure.times > 0 and failure.method in (None, method):
                failure.times -= 1
                return failure
        return self._choose(method)

    def _fail(self, failure: Failure) -> Response:
        if failure.delay_seconds:
            self._stopped.wait(failure.delay_seconds)
            raise HangUp
        if failure.cut:
            raise HangUp
        headers = {}
        if failure.retry_after_seconds is not None:
            headers["Retry-After"] = str(failure.retry_after_seconds)
        if failure.status >= 500:
            page = b"<html>upstream connect error</html>"
            return Response(failure.status, page, {"Content-Type": "text/html"})
        return Response(failure.status, {"ok": False, "error": failure.error}, headers)

    def _do(self, method: str, arguments: Json, request: Request) -> Response:
        space = self.workspace
        if method == "upload":
            # The URL itself is the permission, as with Slack's.
            file_id = request.path.rpartition("/")[2]
            space.uploads[file_id] = request.body
            return Response(body=f"OK - {len(request.body)}".encode())
        if method == "webhook":
            return self._webhook(arguments)
        if method == "response_url":
            self.app.answered(request.path.removeprefix(RESPONSE_PATH), arguments)
            return Response(200, b"ok", {"Content-Type": "text/html"})
        scheme = request.headers.get("x-forwarded-proto", "http")
        base = f"{scheme}://{request.headers['host']}"
        methods: dict[str, Callable[[Json], Json]] = {
            "auth.test": space.auth_test,
            "chat.postMessage": space.post,
            "chat.update": space.update,
            "conversations.history": space.history_of,
            "conversations.info": space.info,
            "conversations.replies": space.replies,
            "files.getUploadURLExternal": lambda asked: space.begin_upload(asked, base),
            "files.completeUploadExternal": space.complete_upload,
            "usergroups.list": space.groups,
            "usergroups.users.list": space.members,
        }
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            if method not in methods:
                raise SlackError("unknown_method")
            if (given or arguments.get("token")) != self.token:
                raise SlackError("invalid_auth" if given else "not_authed")
            if method in self.lacking:
                raise SlackError("missing_scope")
            answer = methods[method](arguments)
        except SlackError as error:
            return Response(body={"ok": False, "error": str(error)})
        return Response(body={"ok": True} | answer, headers={"x-oauth-scopes": SCOPES})

    def _webhook(self, arguments: Json) -> Response:
        try:
            self.workspace.post({**arguments, "channel": self.channel})
        except SlackError as error:
            return Response(400, str(error).encode(), {"Content-Type": "text/html"})
        return Response(200, b"ok", {"Content-Type": "text/html"})


def _arguments(request: Request) -> Json:
    """Of the query, and of a JSON or a form body, where JSON may be a field's value."""
    arguments: Json = dict(request.query)
    if "json" in request.headers.get("content-type", ""):
        content: Any = request.json()
        return arguments | (content if isinstance(content, dict) else {})
    for name, value in parse_qsl(request.body.decode()):
        is_json = name in ("blocks", "attachments", "metadata", "files") and value[:1] in "[{"
        arguments[name] = json.loads(value) if is_json else value
    return arguments
