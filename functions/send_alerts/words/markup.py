"""Text as Slack has it (Slack developer docs, "Formatting text"), and the blocks that hold it.

What an event says is escaped and cut here, so that none of it can mention, link or be refused.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from slack_sdk.models.blocks import Block, ContextBlock, MarkdownTextObject, SectionBlock

from send_alerts.reading.figures import clock
from send_alerts.reading.notice import Link
from send_alerts.words.content import Content
from send_alerts.words.limits import MARK, SLACK_FIELD, SLACK_SECTION, cut

# After escaping: an address ends at a blank or at an escaped bracket, not at the dot of a sentence.
_ADDRESS = re.compile(r"https?://(?:(?!&[lg]t;)[^\s|])+(?<![.,;:!?)])")
_PART_OF_ESCAPED = re.compile(rf"&[a-z]{{0,3}}{MARK}$")
MOST_FIELDS = 10
MOST_FIELD_SECTIONS = 2
MOST_PARTS = 10


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


def local_time(at: datetime) -> str:
    """A time as each reader's own clock shows it (Slack, "Formatting text", date)."""
    date = "{date_short_pretty} {time_secs}"
    return f"<!date^{int(at.timestamp())}^{date}|{clock(at)}>"


def layout(content: Content, when: Sequence[str], row: Block | None) -> tuple[Block, ...]:
    """The blocks of a message; `when` is markup already.

    Slack hides the end of a long attachment: what people act on stands before the rest.
    """
    return (
        *_opening(content, when),
        *([row] if row else []),
        *_link_row(content.links),
        *_sections(content.rest),
        *_bullets("Changed just before", content.changes),
        *_fields(content.facts),
    )


def _sections(text: str) -> list[SectionBlock]:
    """A text of an event, in pieces that fit; cut with a mark where even these are too few."""
    lines = clickable(text).splitlines()
    parts: list[str] = []
    while lines and len(parts) < MOST_PARTS:
        part = cut_markup(lines.pop(0), SLACK_SECTION)
        while lines and len(part) + 1 + len(lines[0]) <= SLACK_SECTION:
            part = f"{part}\n{lines.pop(0)}"
        if part.strip():
            parts.append(part)
    if lines and parts:
        parts[-1] = cut_markup(f"{parts[-1]}\n{lines[0]}{MARK * 2}", SLACK_SECTION)
    return [SectionBlock(text=_markdown(part)) for part in parts]


def _opening(content: Content, when: Sequence[str]) -> list[SectionBlock]:
    """The first lines below the title."""
    lines = [
        f"*Impact:* {clickable(content.impact)}" if content.impact else "",
        *map(clickable, content.what),
        " · ".join([*when, *map(escape, content.about)]),
        f"*Next:* {_code(content.check)}" if content.check else "",
        f"*Over when* {escape(content.over)}" if content.over else "",
    ]
    text = cut_markup("\n".join(filter(None, lines)), SLACK_SECTION)
    return [SectionBlock(text=_markdown(text))] if text else []


def _code(command: str) -> str:
    # A back-tick would end the code in its middle.
    return escape(command) if "`" in command else f"`{escape(command)}`"


def _fields(facts: Iterable[tuple[str, str]]) -> list[SectionBlock]:
    """Names and values of an event in two columns."""
    texts = [
        cut_markup(f"*{escape(name)}*\n{clickable(value)}", SLACK_FIELD) for name, value in facts
    ]
    return [
        SectionBlock(fields=[_markdown(text) for text in some])
        for some in batched(texts[: MOST_FIELDS * MOST_FIELD_SECTIONS], MOST_FIELDS, strict=False)
    ]


def _bullets(heading: str, lines: Sequence[str]) -> list[SectionBlock]:
    """A list below a heading; no block where there is nothing to list."""
    text = "\n".join([f"*{heading}*", *(f"• {escape(line)}" for line in lines)])
    return [SectionBlock(text=_markdown(cut_markup(text, SLACK_SECTION)))] if lines else []


def _link_row(links: Sequence[Link]) -> list[ContextBlock]:
    """Links side by side; a link cut in its middle would be none: one that is too long is out."""
    fitting: list[str] = []
    for link in links:
        text = f"<{link.url}|{escape(link.label)}>"
        if sum(map(len, fitting)) + len(text) < SLACK_SECTION - 3 * len(links):
            fitting.append(text)
    return [ContextBlock(elements=[_markdown(" · ".join(fitting))])] if fitting else []


def _markdown(text: str) -> MarkdownTextObject:
    # Verbatim: Slack is not to search it for channel names and mentions.
    return MarkdownTextObject(text=text, verbatim=True)
