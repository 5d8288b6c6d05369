"""`make preview EVENT=events/alerts/alarm_metric.json`: the message, as Slack would show it.

For people who write alarms. Takes events of alarms, of ECS and of our own, or a batch of the alert
queue, and writes one HTML page; no AWS and no Slack is asked.
"""

import argparse
import html
import json
import logging
from copy import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cli.preview_html import STYLE, message_html
from cli.preview_lines import lines, rule_of
from paths import ROOT
from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import Channels
from send_alerts.incident.incident import Incident
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.parse import NotAnEvent, parse
from send_alerts.reading.stack_info import StackInfo
from send_alerts.words.notification import notification
from send_alerts.words.slack_blocks import alone, line, root

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
    by_itself = notified.history.current is None
    first = alone(notified, delivery) if by_itself else root(notified)
    mail = notification(notified, notified.outbox[0], stack="")
    return (
        f"<h2>Slack</h2>{message_html(first)}{_when_over(notified, notice, now)}"
        f"<h2>SNS: {html.escape(mail.subject)}</h2><pre>{html.escape(mail.forms['default'])}</pre>"
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
    last = message_html(line(over, over.outbox[-1]))
    return (
        f"<h2>Slack, the same message when it is over</h2>{message_html(root(over))}"
        f'<div class="thread">{last}</div>'
    )


def main() -> None:
    """Write the page, and say where it is."""
    parser = argparse.ArgumentParser(prog="make preview", description=__doc__)
    parser.add_argument("event", type=Path, help="a file of events/alerts or events/send_alerts")
    parser.add_argument("--format", choices=("html", "json"), default="html")
    parser.add_argument("--output", type=Path, default=ROOT / ".local" / "preview.html")
    given = parser.parse_args()
    if given.format == "json":
        logging.disable(logging.CRITICAL)  # the function's log is no line of these
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
