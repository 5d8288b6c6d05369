"""Text as Slack has it (Slack developer docs, "Formatting text"), and the message that holds it.

What an event says is escaped and cut here, so that none of it can mention, link or be refused.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any, NamedTuple

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block, ContextBlock, MarkdownTextObject, SectionBlock

from ops_common.alert_routes import mention_markup
from send_alerts.reading.notice import Link
from send_alerts.words.content import MARK, Content, cut
from send_alerts.words.message_text import RESOLVED

# Slack API reference, "Block Kit" and chat.postMessage.
SECTION = 3000
FIELD = 2000
TEXT = 3000

# After escaping: an address ends at a blank or at an escaped bracket, not at the dot of a sentence.
_ADDRESS = re.compile(r"https?://(?:(?!&[lg]t;)[^\s|])+(?<![.,;:!?)])")
_PART_OF_ESCAPED = re.compile(rf"&[a-z]{{0,3}}{MARK}$")
MOST_FIELDS = 10
MOST_FIELD_SECTIONS = 2
MOST_PARTS = 10


class Message(NamedTuple):
    """A headline, and blocks beside a bar of colour."""

    text: str
    color: str
    payload: dict[str, Any]
    """The arguments of chat.postMessage, chat.update and of a webhook."""
    fingerprint: str
    """Equal for messages that show the same."""

    def plain(self) -> "Message":
        """The headline alone, should Slack refuse the blocks."""
        return message(self.text, self.color)


def message(text: str, color: str, blocks: Sequence[Block] = ()) -> Message:
    """A message of markup that fits."""
    payload: dict[str, Any] = {"text": text}
    if blocks:
        fallback = cut_markup(text, FIELD)
        attachment = BlockAttachment(blocks=blocks, color=color, fallback=fallback)
        payload["attachments"] = [attachment.to_dict()]
    digest = hashlib.sha256(json.dumps(payload).encode()).hexdigest()
    return Message(text, color, payload, digest[:16])


def escape(text: str) -> str:
    """Text that Slack shows as it is: no mention, no link (Slack, "Formatting text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clickable(text: str) -> str:
    """Escaped text whose web addresses can be clicked."""
    return _ADDRESS.sub(lambda found: f"<{found[0]}>", escape(text))


def cut_markup(text: str, length: int) -> str:
    """As `cut`, but no link and no escaped character is cut in its middle: it would be none."""
    if len(text) <= length:
        return text
    shorter = _PART_OF_ESCAPED.sub(MARK, cut(text, length))
    if shorter.rfind("<") > shorter.rfind(">"):
        return shorter[: shorter.rfind("<")] + MARK
    return shorter


def layout(
    content: Content, mention: str, people: Sequence[str] = (), buttons: Block | None = None
) -> Message:
    """A whole message; what is said of `people` is markup already.

    Slack hides the end of a long attachment: what people act on stands before the rest.
    """
    mark, call = content.standing.status, mention_markup(mention)
    name = f"{mark.emoji} *{mark.word}: {escape(content.title)}*"
    if call and mark is not RESOLVED:
        name = f"{name} {call}"
    blocks = (
        *_opening(content, people),
        *([buttons] if buttons else _row(f"`{command}`" for command in content.commands)),
        *_row(_fitting(content.links)),
        *_sections(content.rest),
        *_bullets("Changed just before", content.changes),
        *_fields(content.facts),
    )
    return message(cut_markup(name, TEXT), mark.color, blocks)


def _sections(text: str) -> list[SectionBlock]:
    """A text of an event, in pieces that fit; cut with a mark where even these are too few."""
    lines = clickable(text).splitlines()
    parts: list[str] = []
    while lines and len(parts) < MOST_PARTS:
        part = cut_markup(lines.pop(0), SECTION)
        while lines and len(part) + 1 + len(lines[0]) <= SECTION:
            part = f"{part}\n{lines.pop(0)}"
        if part.strip():
            parts.append(part)
    if lines and parts:
        parts[-1] = cut_markup(f"{parts[-1]}\n{lines[0]}{MARK * 2}", SECTION)
    return [SectionBlock(text=_markdown(part)) for part in parts]


def _opening(content: Content, people: Sequence[str]) -> list[SectionBlock]:
    """The first lines below the title."""
    lines = [
        f"*Impact:* {clickable(content.impact)}" if content.impact else "",
        *map(clickable, content.what),
        " · ".join([*content.standing.when, *people, *map(escape, content.about)]),
        f"*Next:* {_code(content.check)}" if content.check else "",
        f"*Over when* {escape(content.over)}" if content.over else "",
    ]
    text = cut_markup("\n".join(filter(None, lines)), SECTION)
    return [SectionBlock(text=_markdown(text))] if text else []


def _code(command: str) -> str:
    # A back-tick would end the code in its middle.
    return escape(command) if "`" in command else f"`{escape(command)}`"


def _fields(facts: Iterable[tuple[str, str]]) -> list[SectionBlock]:
    """Names and values of an event in two columns."""
    texts = [cut_markup(f"*{escape(name)}*\n{clickable(value)}", FIELD) for name, value in facts]
    return [
        SectionBlock(fields=[_markdown(text) for text in some])
        for some in batched(texts[: MOST_FIELDS * MOST_FIELD_SECTIONS], MOST_FIELDS, strict=False)
    ]


def _bullets(heading: str, lines: Sequence[str]) -> list[SectionBlock]:
    """A list below a heading; no block where there is nothing to list."""
    text = "\n".join([f"*{heading}*", *(f"• {escape(line)}" for line in lines)])
    return [SectionBlock(text=_markdown(cut_markup(text, SECTION)))] if lines else []


def _fitting(links: Sequence[Link]) -> list[str]:
    """Those that fit side by side: a link cut in its middle would be none."""
    fitting: list[str] = []
    for link in links:
        text = f"<{link.url}|{escape(link.label)}>"
        if sum(map(len, fitting)) + len(text) < SECTION - 3 * len(links):
            fitting.append(text)
    return fitting


def _row(texts: Iterable[str]) -> list[ContextBlock]:
    """Texts side by side; no block where there are none."""
    text = " · ".join(texts)
    return [ContextBlock(elements=[_markdown(text)])] if text else []


def _markdown(text: str) -> MarkdownTextObject:
    # Verbatim: Slack is not to search it for channel names and mentions.
    return MarkdownTextObject(text=text, verbatim=True)
