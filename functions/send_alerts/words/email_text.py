"""The SNS message: plain text that reads well in an e-mail."""

from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.reading.figures import clock
from send_alerts.words.actions import commands
from send_alerts.words.content import MORE, Content
from send_alerts.words.limits import SNS_MESSAGE_BYTES, cut_bytes, subject
from send_alerts.words.message_text import headline, status

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


def email(incident: Incident, entry: OutboxEntry, content: Content) -> tuple[str, str]:
    """Subject and text."""
    word = WORDS.get(entry.kind) or status(incident, None).word.upper()
    if entry.late and entry.kind is not EntryKind.ROLLED_BACK:
        # Who reads the subjects alone is not to take old news for the newest.
        word = content.status.word.upper()
    lines = [
        f"[{word}] {content.title}",
        f"Impact: {content.impact}" if content.impact else "",
        *content.what,
        " · ".join([headline(incident, entry, clock), *content.about]),
        f"Next: {content.check}" if content.check else "",
        f"Over when {content.over}" if content.over else "",
    ]
    paragraphs = ["\n".join(filter(None, lines)), *_more(content, commands(incident))]
    text = "\n\n".join(filter(None, paragraphs))
    return subject(lines[0]), cut_bytes(f"{text}\n", SNS_MESSAGE_BYTES)


def _more(content: Content, to_type: tuple[str, ...]) -> list[str]:
    changes = "\n".join(f"- {change}" for change in content.changes)
    found = [
        content.rest,
        f"Changed just before:\n{changes}" if changes else "",
        "\n".join(f"{name}: {value}" for name, value in content.facts),
        "\n".join(f"{link.label}: {link.url}" for link in content.links),
        "\n".join(to_type),
    ]
    return [MORE, *found] if any(found) else []
