"""Slack messages in Block Kit: the head of an incident, and the lines of its thread."""

import hashlib
import json
from typing import Any, NamedTuple

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block, ContextBlock, MarkdownTextObject, SectionBlock

from send_alerts.incident.incident import Incident, Policy
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.reading.notice import Link
from send_alerts.words.limits import MARK, SLACK_FIELD, SLACK_SECTION, SLACK_TEXT, cut
from send_alerts.words.message_text import NO_DATA, RESOLVED, Status, headline, since, status, title

MOST_FIELDS = 10
MOST_PARTS = 10


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
            blocks=self.blocks, color=self.color, fallback=cut(self.text, SLACK_FIELD)
        )
        return {"text": self.text, "attachments": [attachment.to_dict()]}

    @property
    def fingerprint(self) -> str:
        """Equal for messages that look the same."""
        return hashlib.sha256(json.dumps(self.payload()).encode()).hexdigest()[:16]

    def plain(self) -> "Message":
        """The headline alone, should Slack refuse the blocks."""
        return Message(self.text, self.color)


def escape(text: str) -> str:
    """Text that Slack shows as it is: no mention, no link (Slack, "Formatting text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def root(incident: Incident, policy: Policy) -> Message:
    """The message that stands for the incident and is edited as it goes on."""
    episode = incident.shown_episode(policy) or incident.current(policy)
    now = status(incident, episode)
    fields = [("Since", since(episode))] if episode else []
    opened = f"When it opened: {incident.subject.text}" if incident.subject else ""
    return _message(incident, now, now.word, fields, opened if now is RESOLVED else "")


def line(incident: Incident, delivery: OutboxEntry, policy: Policy) -> Message:
    """A line in the thread."""
    mark = _mark(incident, delivery, policy)
    text = f"{mark.emoji} {escape(headline(incident, delivery, policy))}"
    if delivery.text:
        text = f"{text}\n{escape(delivery.text)}"
    return Message(cut(text, SLACK_TEXT), mark.color)


def alone(incident: Incident, delivery: OutboxEntry, policy: Policy) -> Message:
    """A whole message that needs no thread: for a note, or for a webhook."""
    mark = _mark(incident, delivery, policy)
    if delivery.late:
        mark = status(incident, incident.current(policy))
    fields = [("When", headline(incident, delivery, policy))]
    return _message(incident, mark, mark.word, fields, delivery.text)


def _mark(incident: Incident, delivery: OutboxEntry, policy: Policy) -> Status:
    if delivery.kind in (EntryKind.RESOLVED, EntryKind.CALM):
        return RESOLVED
    if delivery.kind is EntryKind.NO_DATA:
        return NO_DATA
    return status(incident, incident.current(policy))


def _message(
    incident: Incident, mark: Status, word: str, fields: list[tuple[str, str]], text: str = ""
) -> Message:
    subject = incident.subject
    text = text or (subject.text if subject else "")
    shown = [*fields, *(subject.facts if subject else ())]
    blocks: list[Block] = []
    blocks.extend(SectionBlock(text=_markdown(part)) for part in _parts(escape(text)))
    if shown:
        blocks.append(
            SectionBlock(
                fields=[
                    _markdown(cut(f"*{escape(name)}*\n{escape(value)}", SLACK_FIELD))
                    for name, value in shown[:MOST_FIELDS]
                ]
            )
        )
    if incident.changes:
        lines = "\n".join(f"• {escape(change)}" for change in incident.changes)
        blocks.append(
            SectionBlock(text=_markdown(cut(f"*Changed just before*\n{lines}", SLACK_SECTION)))
        )
    if links := _links(subject.links if subject else ()):
        blocks.append(ContextBlock(elements=[_markdown(links)]))
    headline_text = cut(f"{mark.emoji} *{word}: {escape(title(incident))}*", SLACK_TEXT)
    return Message(headline_text, mark.color, tuple(blocks))


def _parts(text: str) -> list[str]:
    """The text in pieces that fit a section, cut with a mark where even these are too few."""
    lines = text.splitlines()
    parts: list[str] = []
    while lines and len(parts) < MOST_PARTS:
        part = cut(lines.pop(0), SLACK_SECTION)
        while lines and len(part) + 1 + len(lines[0]) <= SLACK_SECTION:
            part = f"{part}\n{lines.pop(0)}"
        if part.strip():
            parts.append(part)
    if lines and parts:
        parts[-1] = cut(f"{parts[-1]}\n{lines[0]}{MARK * 2}", SLACK_SECTION)
    return parts


def _links(links: tuple[Link, ...]) -> str:
    # A link cut in its middle would be none; one that is too long is left out.
    fitting: list[str] = []
    for link in links:
        text = f"<{link.url}|{escape(link.label)}>"
        if sum(map(len, fitting)) + len(text) < SLACK_SECTION - 3 * len(links):
            fitting.append(text)
    return " · ".join(fitting)


def _markdown(text: str) -> MarkdownTextObject:
    # Verbatim: Slack is not to look for channel names and mentions in it.
    return MarkdownTextObject(text=text, verbatim=True)
