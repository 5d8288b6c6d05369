"""Answers as Slack shows them: text in its own marks, times in the reader's zone."""

import json
from collections.abc import Sequence
from datetime import datetime

from ops_common.on_call.replies import Row, Section

MOST_CHARACTERS = 3500
"""Slack cuts a message's text at four thousand."""


def said(words: str, *, for_all: bool = False) -> str:
    """The body of an answer in a sentence; nobody else sees it unless `for_all`."""
    return _body(escape(words), for_all=for_all)


def shown(sections: Sequence[Section]) -> str:
    """The body of an answer in sections, for the one who asked."""
    lines: list[str] = []
    for section in sections:
        lines.append(f"*{escape(section.heading)}*")
        lines += [_line(row) for row in section.rows] or [f"_{escape(section.empty)}_"]
    kept, length = [], 0
    for line in lines:
        length += len(line) + 1
        if length > MOST_CHARACTERS:
            kept.append("… and more: `make status` shows all")
            break
        kept.append(line)
    return _body("\n".join(kept), for_all=False)


def escape(text: str) -> str:
    """Text that Slack shows as it is: no mention, no link (Slack, "Formatting text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def moment(at: datetime) -> str:
    """A time that Slack shows in the reader's zone."""
    fallback = f"{at:%Y-%m-%d %H:%M %Z}"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def _line(row: Row) -> str:
    about = f"`{escape(row.about)}` " if row.about else ""
    at = f" · {moment(row.at)}" if row.at else ""
    return f"• {about}{escape(row.text)}{at}"


def _body(text: str, *, for_all: bool) -> str:
    return json.dumps(
        {
            "response_type": "in_channel" if for_all else "ephemeral",
            "replace_original": False,
            "text": text,
        }
    )
