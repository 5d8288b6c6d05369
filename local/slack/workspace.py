"""The state of the Slack stand-in: its channels with their messages, threads and files."""

import itertools
import threading
from dataclasses import dataclass, field
from typing import Any

from local.clock import Clock
from local.slack.limits import problem
from local.slack.requests import TEAM

type Json = dict[str, Any]
PARTS = ("text", "blocks", "attachments", "metadata")
MEMBER, OUTSIDE, ARCHIVED = "member", "not_in_channel", "is_archived"


class SlackError(Exception):
    """An answer `"ok": false`; the text is Slack's error code."""


@dataclass(eq=False)
class Message:
    """A message as it stands now."""

    channel: str
    ts: str
    content: Json
    thread_ts: str = ""
    edits: int = 0
    """How often it was changed."""
    history: list[Json] = field(default_factory=list)
    """What it said before."""
    files: list[Json] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its plain text."""
        return str(self.content.get("text") or "")

    def as_json(self, *, with_metadata: bool) -> Json:
        """As conversations.history shows it."""
        shown = {name: self.content[name] for name in PARTS if self.content.get(name)}
        if not with_metadata:
            shown.pop("metadata", None)
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        return {"type": "message", "ts": self.ts, "files": self.files, **shown}


class Workspace:
    """Answers the Web API's methods."""

    def __init__(self, clock: Clock, channel: str) -> None:
        self.clock = clock
        self.channel = channel
        self.messages: list[Message] = []
        self.uploads: dict[str, bytes] = {}
        self.channels: dict[str, str] = {channel: MEMBER}
        """How the bot stands in each: a member, outside, or the channel is archived."""
        self.user_groups: dict[str, list[str]] = {}
        """Members by the id of their group, S… as in Slack."""
        self.handles: dict[str, str] = {}
        """Ids of groups by their handles."""
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)

    def thread(self, ts: str) -> list[Message]:
        """The replies to a message, oldest first."""
        return [message for message in self.messages if message.thread_ts == ts]

    def post(self, request: Json) -> Json:
        """chat.postMessage."""
        self._check_channel(request)
        self._check(request)
        thread_ts = request.get("thread_ts") or ""
        if thread_ts and self._find(thread_ts) is None:
            # A reply to a deleted message is posted, into the channel (slack-go/slack#1571).
            thread_ts = ""
        content = {name: request[name] for name in PARTS if name in request}
        message = Message(request["channel"], self._next_ts(), content, thread_ts)
        self.messages.append(message)
        shown = {**content, "thread_ts": thread_ts} if thread_ts else content
        return {"channel": message.channel, "ts": message.ts, "message": shown}

    def update(self, request: Json) -> Json:
        """chat.update."""
        self._check_channel(request)
        self._check(request)
        message = self._find(request.get("ts", ""))
        if message is None:
            raise SlackError("message_not_found")
        message.history.append(message.content)
        message.edits += 1
        # Metadata that a change does not mention stays.
        kept = {"metadata": message.content["metadata"]} if "metadata" in message.content else {}
        message.content = kept | {name: request[name] for name in PARTS if name in request}
        return {"channel": message.channel, "ts": message.ts, "text": message.text}

    def history_of(self, request: Json) -> Json:
        """conversations.history: newest first, without the replies in threads."""
        self._check_channel(request)
        here = [one for one in self.messages if one.channel == request["channel"]]
        shown = [message for message in here if not message.thread_ts]
        return self._page(list(reversed(shown)), request)

    def replies(self, request: Json) -> Json:
        """conversations.replies: the root message, then the replies, oldest first."""
        self._check_channel(request)
        head = self._find(request.get("ts", ""))
        if head is None:
            raise SlackError("thread_not_found")
        return self._page([head, *self.thread(head.ts)], request)

    def auth_test(self, _: Json) -> Json:
        """auth.test."""
        return {
            "url": "https://jiki-local.slack.com/",
            "team": "Jiki (local)",
            "user": "jiki-ops",
            "team_id": TEAM,
            "user_id": "U0BOT",
            "bot_id": "B0BOT",
        }

    def info(self, request: Json) -> Json:
        """conversations.info, which shows public channels to everybody."""
        stands = self.channels.get(request.get("channel", ""))
        if stands is None:
            raise SlackError("channel_not_found")
        shown = {"id": request["channel"], "is_member": stands != OUTSIDE}
        return {"channel": shown | {"is_archived": stands == ARCHIVED}}

    def groups(self, _: Json) -> Json:
        """usergroups.list."""
        shown = [{"id": group, "handle": name} for name, group in self.handles.items()]
        return {"usergroups": shown}

    def members(self, request: Json) -> Json:
        """usergroups.users.list."""
        group = request.get("usergroup") or ""
        if group not in self.user_groups:
            raise SlackError("no_such_subteam")
        return {"users": self.user_groups[group]}

    def begin_upload(self, request: Json, url: str) -> Json:
        """files.getUploadURLExternal."""
        if not request.get("filename") or int(request.get("length", 0)) < 1:
            raise SlackError("invalid_arguments")
        file_id = f"F{next(self._numbers):08d}"
        return {"file_id": file_id, "upload_url": f"{url}/upload/{file_id}"}

    def complete_upload(self, request: Json) -> Json:
        """files.completeUploadExternal: the file is shared as a message of its own."""
        files = request.get("files") or []
        if not files or any(item.get("id") not in self.uploads for item in files):
            raise SlackError("file_not_found")
        channel = request.get("channel_id")
        if channel:
            self._check_channel({"channel": channel})
            thread_ts = request.get("thread_ts") or ""
            if thread_ts and self._find(thread_ts) is None:
                raise SlackError("thread_not_found")
            content = {"text": request.get("initial_comment") or ""}
            message = Message(channel, self._next_ts(), content, thread_ts, files=files)
            self.messages.append(message)
        return {"files": files}

    def delete(self, ts: str) -> None:
        """A person deletes a message."""
        self.messages = [message for message in self.messages if message.ts != ts]

    def _find(self, ts: str) -> Message | None:
        return next((message for message in self.messages if message.ts == ts), None)

    def _next_ts(self) -> str:
        return f"{int(self.clock().timestamp())}.{next(self._numbers):06d}"

    def _check_channel(self, request: Json) -> None:
        stands = self.channels.get(request.get("channel", ""))
        if stands != MEMBER:
            raise SlackError(stands or "channel_not_found")

    def _check(self, request: Json) -> None:
        if code := problem(request):
            raise SlackError(code)

    def _page(self, messages: list[Message], request: Json) -> Json:
        oldest = float(request.get("oldest") or 0)
        latest = float(request.get("latest") or "inf")
        chosen = [message for message in messages if oldest < float(message.ts) < latest]
        start, size = int(request.get("cursor") or 0), int(request.get("limit") or 100)
        with_metadata = str(request.get("include_all_metadata", "")).lower() in ("1", "true")
        page = chosen[start : start + size]
        more = start + size < len(chosen)
        return {
            "messages": [message.as_json(with_metadata=with_metadata) for message in page],
            "has_more": more,
            "response_metadata": {"next_cursor": str(start + size) if more else ""},
        }
