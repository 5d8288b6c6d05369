"""Slack messages in Block Kit: the head of an incident, and the lines of its thread."""

import hashlib
import json
from itertools import batched
from typing import Any, NamedTuple

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block, ContextBlock, MarkdownTextObject, SectionBlock

from ops_common.alert_routes import mention_markup
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.reading.notice import OPENING, Link
from send_alerts.words.buttons import buttons
from send_alerts.words.commands import command_block
from send_alerts.words.limits import MARK, SLACK_FIELD, SLACK_SECTION, SLACK_TEXT, cut
from send_alerts.words.markup import clickable, cut_markup, escape, local_time
from send_alerts.words.message_text import (
    NO_DATA,
    RESOLVED,
    Status,
    headline,
    since,
    status,
    title,
)

MOST_FIELDS = 10
MOST_FIELD_SECTIONS = 2
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


def root(incident: Incident) -> Message:
    """The message that stands for the incident and is edited as it goes on."""
    episode = incident.shown_episode or incident.current
    now = status(incident, episode)
    fields = [("Since", since(episode, local_time))] if episode else []
    fields += _by_people(incident)
    subject = incident.subject
    opened = ""
    if now is RESOLVED and subject and subject.signal in OPENING:
        opened = f"When it opened: {subject.text}"
    row = buttons(incident) if incident.offers else command_block(incident)
    return _message(incident, now, now.word, fields, opened, row)


def _by_people(incident: Incident) -> list[tuple[str, str]]:
    """Who is on it, and until when it is quiet."""
    known, hold, fields = incident.acknowledged, incident.hold, list[tuple[str, str]]()
    if known:
        fields.append(("Acknowledged", f"by {escape(known.by)}, {local_time(known.at)}"))
    if hold and not hold.ends_with_next and hold.until:
        fields.append(("Silenced", f"until {local_time(hold.until)}, {escape(hold.by)}"))
    return fields


def line(incident: Incident, entry: OutboxEntry) -> Message:
    """A line in the thread, which names its incident where it may stand alone."""
    mark = _mark(incident, entry)
    name = escape(title(incident))
    text = f"{mark.emoji} {headline(incident, entry, local_time)}"
    if incident.root and incident.root.digest:
        text = f"{mark.emoji} *{name}* {headline(incident, entry, local_time)}"
    if entry.text:
        text = f"{text}\n{clickable(entry.text)}"
    return Message(cut_markup(text, SLACK_TEXT), mark.color)


def alone(incident: Incident, entry: OutboxEntry) -> Message:
    """A whole message that needs no thread: for a note, or for a webhook."""
    mark = _mark(incident, entry)
    if entry.late:
        mark = status(incident, incident.current)
    when = headline(incident, entry, local_time)
    row = None if mark is RESOLVED else command_block(incident)
    return _message(incident, mark, mark.word, [("When", when)], entry.text, row)


def _mark(incident: Incident, entry: OutboxEntry) -> Status:
    if entry.kind in (EntryKind.RESOLVED, EntryKind.CALM):
        return RESOLVED
    if entry.kind is EntryKind.NO_DATA:
        return NO_DATA
    return status(incident, incident.current)


def _message(
    incident: Incident,
    mark: Status,
    word: str,
    fields: list[tuple[str, str]],
    text: str = "",
    row: Block | None = None,
) -> Message:
    subject = incident.subject
    text = text or (subject.text if subject else "")
    facts = subject.facts if subject else ()
    shown = [*fields, *((name, clickable(value)) for name, value in facts)]
    blocks: list[Block] = []
    blocks.extend(SectionBlock(text=_markdown(part)) for part in _parts(clickable(text)))
    for some in batched(shown[: MOST_FIELDS * MOST_FIELD_SECTIONS], MOST_FIELDS, strict=False):
        fields_of_it = [
            _markdown(cut_markup(f"*{escape(name)}*\n{value}", SLACK_FIELD)) for name, value in some
        ]
        blocks.append(SectionBlock(fields=fields_of_it))
    if incident.changes:
        lines = "\n".join(f"• {escape(change)}" for change in incident.changes)
        blocks.append(
            SectionBlock(
                text=_markdown(cut_markup(f"*Changed just before*\n{lines}", SLACK_SECTION))
            )
        )
    if links := _links(subject.links if subject else ()):
        blocks.append(ContextBlock(elements=[_markdown(links)]))
    blocks += [row] if row else []
    call = mention_markup(incident.destination.mention)
    headline_text = f"{mark.emoji} *{word}: {escape(title(incident))}*"
    if call and mark is not RESOLVED:
        headline_text = f"{headline_text} {call}"
    headline_text = cut_markup(headline_text, SLACK_TEXT)
    return Message(headline_text, mark.color, tuple(blocks))


def _parts(text: str) -> list[str]:
    """The text in pieces that fit a section, cut with a mark where even these are too few."""
    lines = text.splitlines()
    parts: list[str] = []
    while lines and len(parts) < MOST_PARTS:
        part = cut_markup(lines.pop(0), SLACK_SECTION)
        while lines and len(part) + 1 + len(lines[0]) <= SLACK_SECTION:
            part = f"{part}\n{lines.pop(0)}"
        if part.strip():
            parts.append(part)
    if lines and parts:
        parts[-1] = cut_markup(f"{parts[-1]}\n{lines[0]}{MARK * 2}", SLACK_SECTION)
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
