"""The SNS message: plain text that reads well in an e-mail."""

from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.reading.figures import clock
from send_alerts.words.actions import commands
from send_alerts.words.first_lines import MORE, FirstLines, first_lines
from send_alerts.words.limits import SNS_MESSAGE_BYTES, cut_bytes, subject
from send_alerts.words.message_text import headline, status, status_by

WORDS = {
    EntryKind.RESOLVED: "RESOLVED",
    EntryKind.CALM: "RESOLVED",
    EntryKind.FLAPPING: "FLAPPING",
    EntryKind.NO_DATA: "NO DATA",
    EntryKind.REMINDER: "STILL OPEN",
    EntryKind.ACKNOWLEDGED: "ACKNOWLEDGED",
    EntryKind.SUMMARY: "STORM",
    EntryKind.ROLLED_BACK: "ROLLED BACK",
}


def email(incident: Incident, entry: OutboxEntry) -> tuple[str, str]:
    """Subject and text."""
    word = WORDS.get(entry.kind) or status(incident, None).word.upper()
    if entry.late:
        # Who reads the subjects alone is not to take old news for the newest.
        now = status(incident, incident.history.current).word.upper()
        word = word if entry.kind is EntryKind.ROLLED_BACK else now
    mark = status(incident, incident.history.current) if entry.late else status_by(incident, entry)
    first = first_lines(incident, mark, entry.text)
    lines = [
        f"[{word}] {first.title}",
        f"Impact: {first.impact}" if first.impact else "",
        *first.what,
        " · ".join([headline(incident, entry, clock), *first.about]),
        f"Next: {first.check}" if first.check else "",
        f"Over when {first.over}" if first.over else "",
    ]
    paragraphs = ["\n".join(filter(None, lines)), *_more(incident, first)]
    text = "\n\n".join(filter(None, paragraphs))
    return subject(f"[{word}] {first.title}"), cut_bytes(f"{text}\n", SNS_MESSAGE_BYTES)


def _more(incident: Incident, first: FirstLines) -> list[str]:
    about = incident.subject
    changes = "\n".join(f"- {change}" for change in incident.changes)
    found = [
        first.rest,
        f"Changed just before:\n{changes}" if changes else "",
        "\n".join(f"{name}: {value}" for name, value in first.facts),
        "\n".join(f"{link.label}: {link.url}" for link in about.links) if about else "",
        "\n".join(commands(incident)),
    ]
    return [MORE, *found] if any(found) else []
