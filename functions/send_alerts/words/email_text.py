"""The SNS message: plain text that reads well in an e-mail."""

from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.reading.figures import clock
from send_alerts.words.actions import commands
from send_alerts.words.limits import SNS_MESSAGE_BYTES, cut_bytes, subject
from send_alerts.words.message_text import headline, status, title

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
    about = incident.subject
    word = WORDS.get(entry.kind) or status(incident, None).word.upper()
    if entry.late:
        # Who reads the subjects alone is not to take old news for the newest.
        now = status(incident, incident.current).word.upper()
        word = word if entry.kind is EntryKind.ROLLED_BACK else now
    name = title(incident)
    paragraphs = [name, headline(incident, entry, clock)]
    if text := entry.text or (about.text if about else ""):
        paragraphs.append(text)
    if about and about.facts:
        paragraphs.append("\n".join(f"{name}: {value}" for name, value in about.facts))
    if incident.changes:
        changes = "\n".join(f"- {change}" for change in incident.changes)
        paragraphs.append(f"Changed just before:\n{changes}")
    if about and about.links:
        paragraphs.append("\n".join(f"{link.label}: {link.url}" for link in about.links))
    if lines := commands(incident):
        paragraphs.append("\n".join(lines))
    return (
        subject(f"[{word}] {name}"),
        cut_bytes("\n\n".join(paragraphs) + "\n", SNS_MESSAGE_BYTES),
    )
