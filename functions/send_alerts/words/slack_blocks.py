"""Slack messages in Block Kit: the root message of an incident, and the lines of its thread."""

import hashlib
import json
from typing import Any, NamedTuple

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block

from ops_common.alert_routes import mention_markup
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import OutboxEntry
from send_alerts.reading.notice import OPENING
from send_alerts.words.actions import actions, command_block
from send_alerts.words.content import Content, content, content_of, title
from send_alerts.words.limits import SLACK_FIELD, SLACK_TEXT
from send_alerts.words.markup import clickable, cut_markup, escape, layout, local_time
from send_alerts.words.message_text import (
    RESOLVED,
    headline,
    since,
    status,
    status_by,
)


class Message(NamedTuple):
    """A headline, and blocks beside a bar of colour."""

    text: str
    color: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The arguments of chat.postMessage, chat.update and of a webhook."""
        if not self.blocks:
            return {"text": self.text}
        attachment = BlockAttachment(
            blocks=self.blocks, color=self.color, fallback=cut_markup(self.text, SLACK_FIELD)
        )
        return {"text": self.text, "attachments": [attachment.to_dict()]}

    @property
    def fingerprint(self) -> str:
        """Equal for messages that show the same."""
        return hashlib.sha256(json.dumps(self.payload()).encode()).hexdigest()[:16]

    def plain(self) -> "Message":
        """The headline alone, should Slack refuse the blocks."""
        return Message(self.text, self.color)


def root(incident: Incident) -> Message:
    """The message that stands for the incident and is edited as it goes on."""
    episode = incident.shown_episode or incident.history.current
    now = status(incident, episode)
    when = [f"Since {since(episode, local_time)}"] if episode else []
    subject = incident.subject
    opened = ""
    if now is RESOLVED and subject and subject.signal in OPENING:
        opened = f"When it opened: {subject.text}"
    said = content(incident, now, opened)
    return _message(incident, said, [*when, *_by_people(incident)], actions(incident))


def _by_people(incident: Incident) -> list[str]:
    """Who is on it, and until when it is quiet."""
    known, hold, found = incident.acknowledged, incident.hold, list[str]()
    if known:
        found.append(f"Acknowledged by {escape(known.by)}, {local_time(known.at)}")
    if hold and not hold.ends_with_next and hold.until:
        found.append(f"Silenced until {local_time(hold.until)}, {escape(hold.by)}")
    return found


def line(incident: Incident, entry: OutboxEntry) -> Message:
    """A line in the thread, which names its incident where it may stand alone."""
    mark = status_by(incident, entry)
    said = headline(incident, entry, local_time)
    if incident.root and incident.root.digest:
        said = f"*{escape(title(incident))}* {said}"
    text = f"{mark.emoji} {said}"
    if entry.text:
        text = f"{text}\n{clickable(entry.text)}"
    return Message(cut_markup(text, SLACK_TEXT), mark.color)


def alone(incident: Incident, entry: OutboxEntry) -> Message:
    """A whole message that needs no thread: for a note, or for a webhook."""
    said = content_of(incident, entry)
    row = None if said.status is RESOLVED else command_block(incident)
    return _message(incident, said, [headline(incident, entry, local_time)], row)


def _message(incident: Incident, said: Content, when: list[str], row: Block | None) -> Message:
    mark = said.status
    name = f"{mark.emoji} *{mark.word}: {escape(said.title)}*"
    call = mention_markup(incident.destination.mention)
    if call and mark is not RESOLVED:
        name = f"{name} {call}"
    return Message(cut_markup(name, SLACK_TEXT), mark.color, layout(said, when, row))
