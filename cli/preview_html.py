"""Slack's messages as HTML, near enough to judge them by."""

import html
import re
from typing import Any

from send_alerts.words.markup import Message

# Drawn as dots: a headless browser may have no font with them.
EMOJI = {
    "red_circle": "#d62728",
    "large_orange_circle": "#ff9f1c",
    "large_blue_circle": "#3f8ad9",
    "large_green_circle": "#2eb67d",
    "white_circle": "#cccccc",
    "arrows_counterclockwise": "#b07d12",
}
STYLE = """
body { background: #fff; color: #1d1c1d; font: 15px/1.46 Lato, "Noto Sans", Arial, sans-serif;
       margin: 24px; max-width: 760px; }
.message { display: flex; gap: 10px; margin: 16px 0; }
.avatar { width: 36px; height: 36px; border-radius: 6px; background: #3f0e40; color: #fff;
          display: grid; place-items: center; font-weight: 700; flex: none; }
i.dot { display: inline-block; width: 14px; height: 14px; border-radius: 7px; margin-right: 2px;
        vertical-align: -2px; }
.who { font-weight: 900; } .app { background: #ececec; border-radius: 2px; color: #616061;
       font-size: 10px; font-weight: 700; padding: 1px 3px; margin: 0 4px; }
.time { color: #616061; font-size: 12px; }
.attachment { border-left: 4px solid; border-radius: 4px; padding-left: 12px; margin-top: 6px; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 24px; }
.block { margin: 6px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.context { color: #616061; font-size: 13px; }
.thread { margin-left: 46px; border-left: 1px solid #ddd; padding-left: 12px; }
a { color: #1264a3; text-decoration: none; }
code { font-size: 13px; }
pre { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 10px;
      white-space: pre-wrap; overflow-wrap: anywhere; }
h2 { font-size: 13px; color: #616061; text-transform: uppercase; letter-spacing: .05em; }
"""


def message_html(message: Message) -> str:
    """A message of Slack's as it stands in the channel."""
    payload = message.payload
    attachments = "".join(_attachment(one) for one in payload.get("attachments", []))
    return (
        '<div class="message"><div class="avatar">J</div><div><span class="who">jiki-ops</span>'
        '<span class="app">APP</span><span class="time">now</span>'
        f'<div class="block">{markup(payload["text"])}</div>{attachments}</div></div>'
    )


def _attachment(attachment: dict[str, Any]) -> str:
    blocks = "".join(_block(block) for block in attachment["blocks"])
    return f'<div class="attachment" style="border-color:{attachment["color"]}">{blocks}</div>'


def _block(block: dict[str, Any]) -> str:
    if block["type"] == "context":
        texts = " ".join(markup(element["text"]) for element in block["elements"])
        return f'<div class="block context">{texts}</div>'
    if "fields" in block:
        fields = "".join(f"<div>{markup(field['text'])}</div>" for field in block["fields"])
        return f'<div class="block fields">{fields}</div>'
    return f'<div class="block">{markup(block["text"]["text"])}</div>'


def markup(text: str) -> str:
    """Slack's mrkdwn as HTML: links, bold, emoji; everything else as it is written."""
    parts = []
    # A time is shown as where Slack can't show it in the reader's own zone.
    text = re.sub(r"<!date\^[^<>|]*\|([^<>]+)>", r"\1", text)
    for piece in re.split(r"(<https?://[^<>]+>)", text):
        link = re.fullmatch(r"<([^<>|]+)(?:\|([^<>]+))?>", piece)
        if link:
            shown = _escaped(link[2] or link[1])
            parts.append(f'<a href="{html.escape(link[1], quote=True)}">{shown}</a>')
        else:
            code = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", _escaped(piece))
            bold = re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"<b>\1</b>", code)
            parts.append(re.sub(r":(\w+):", _dot, bold))
    return "".join(parts)


def _dot(match: re.Match[str]) -> str:
    color = EMOJI.get(match[1])
    return f'<i class="dot" style="background:{color}"></i>' if color else match[0]


def _escaped(text: str) -> str:
    # Slack's three entities first, so that they are not escaped twice.
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return html.escape(plain, quote=False)
