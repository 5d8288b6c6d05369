"""`make preview EVENT=events/alerts/alarm_metric.json`: the message, as Slack would show it.

For people who write alarms. Takes events of alarms, of ECS and of our own, or a batch of the alert
queue, and writes one HTML page; no AWS and no Slack is asked.
"""

import argparse
import html
import json
import re
from copy import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli.preview_lines import lines, rule_of
from paths import ROOT
from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import Channels
from send_alerts.incident.incident import Incident
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.parse import NotAnEvent, parse
from send_alerts.reading.stack_info import StackInfo
from send_alerts.words.email_text import email
from send_alerts.words.slack_blocks import Message, alone, line, root

# Drawn as dots: a headless browser may have no font with them.
EMOJI = {
    "red_circle": "#d62728",
    "large_orange_circle": "#ff9f1c",
    "large_blue_circle": "#3f8ad9",
    "large_green_circle": "#2eb67d",
    "white_circle": "#cccccc",
    "arrows_counterclockwise": "#b07d12",
}
OVER_AFTER = timedelta(minutes=18)
STACK_INFO = StackInfo(
    region="eu-west-1",
    log_group_prefix="/ecs/",
    web_service="jiki-api-web",
    runbook_url="https://github.com/jiki/ops/blob/main/docs/runbook.md",
    cluster="jiki-production",
)
CHANNELS = Channels(slack=True, threads=True)
CHANGES = (
    "Deployment of jiki-api-web completed, image 3f2c1ab (5 min before)",
    "Database password rotated (12 min before)",
)
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
pre { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 10px;
      white-space: pre-wrap; overflow-wrap: anywhere; }
h2 { font-size: 13px; color: #616061; text-transform: uppercase; letter-spacing: .05em; }
"""


def page(path: Path) -> str:
    """The page for one file of events/. Raises NotAnEvent, or OSError where there is none."""
    content = json.loads(path.read_text())
    records = content.get("Records", []) if isinstance(content, dict) else []
    bodies = [record["body"] for record in records if "body" in record]
    now = datetime.now(UTC)
    parts: list[str] = []
    for body in bodies or [json.dumps(content)]:
        rule, needed = rule_of(body)
        if needed and rule is None:
            parts.append("<p>No rule of the template lets this event through.</p>")
        said = parse(body, now, STACK_INFO)
        if isinstance(said, list):
            parts.extend(_preview(notice, now) for notice in said)
    shown = "\n".join(parts) or "<p>Nobody is notified of this event.</p>"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(path.name)}'
        f"</title><style>{STYLE}</style><body>{shown}</body></html>"
    )


def _preview(notice: Notice, now: datetime) -> str:
    if notice.signal is Signal.CHANGE:
        return f"<h2>Remembered</h2><p>{html.escape(notice.title)}</p>"
    incident = Incident(notice.key, changes=() if notice.signal is Signal.NOTE else CHANGES)
    notified = advance(incident, notice, now, CHANNELS)
    if not notified.outbox:
        return f"<p>{html.escape(notice.title)}: no notification by itself.</p>"
    delivery = notified.outbox[-1]
    by_itself = notified.current is None
    first = alone(notified, delivery) if by_itself else root(notified)
    subject, text = email(notified, notified.outbox[0])
    return (
        f"<h2>Slack</h2>{_message(first)}{_when_over(notified, notice, now)}"
        f"<h2>SNS: {html.escape(subject)}</h2><pre>{html.escape(text)}</pre>"
    )


def _when_over(notified: Incident, notice: Notice, now: datetime) -> str:
    """The same message after the incident, with the line that its thread gets."""
    if notice.signal is not Signal.OPEN:
        return ""
    end = replace(
        notice,
        signal=Signal.RESOLVED,
        occurred_at=notice.occurred_at + OVER_AFTER,
        was=Signal.OPEN,
        text="",
    )
    over = advance(notified, end, now, CHANNELS)
    last = _message(line(over, over.outbox[-1]))
    return (
        f"<h2>Slack, the same message when it is over</h2>{_message(root(over))}"
        f'<div class="thread">{last}</div>'
    )


def _message(message: Message) -> str:
    payload = message.payload()
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


def main() -> None:
    """Write the page, and say where it is."""
    parser = argparse.ArgumentParser(prog="make preview", description=__doc__)
    parser.add_argument("event", type=Path, help="a file of events/alerts or events/send_alerts")
    parser.add_argument("--format", choices=("html", "json"), default="html")
    parser.add_argument("--output", type=Path, default=ROOT / ".local" / "preview.html")
    given = parser.parse_args()
    if given.format == "json":
        for line in lines(given.event, datetime.now(UTC)):
            print(json.dumps(line, ensure_ascii=False))
        return
    try:
        shown = page(given.event)
    except (OSError, ValueError, NotAnEvent) as error:
        parser.error(f"{given.event} can't be shown: {error}")
    given.output.parent.mkdir(exist_ok=True)
    given.output.write_text(shown)
    print(f"Open {given.output.resolve()} in a browser.")  # its result


if __name__ == "__main__":
    main()
