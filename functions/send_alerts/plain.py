"""The SNS message: plain text that reads well in an e-mail."""

from send_alerts.delivery import Delivery, What
from send_alerts.incident import Incident, Policy
from send_alerts.limits import SNS_MESSAGE_BYTES, cut_bytes, subject
from send_alerts.phrases import headline, status, title

WORDS = {
    What.RESOLVED: "RESOLVED",
    What.CALM: "RESOLVED",
    What.FLAPPING: "FLAPPING",
    What.NO_DATA: "NO DATA",
    What.REMINDER: "STILL OPEN",
    What.SUMMARY: "STORM",
}


def notification(incident: Incident, delivery: Delivery, policy: Policy) -> tuple[str, str]:
    """Subject and text."""
    about = incident.subject
    word = WORDS.get(delivery.what) or status(incident, None).word.upper()
    if delivery.late:
        # Who reads the subjects alone is not to take old news for the newest.
        word = status(incident, incident.current(policy)).word.upper()
    paragraphs = [title(incident), headline(incident, delivery, policy)]
    if text := delivery.text or (about.text if about else ""):
        paragraphs.append(text)
    if about and about.facts:
        paragraphs.append("\n".join(f"{name}: {value}" for name, value in about.facts))
    if incident.changes:
        changes = "\n".join(f"- {change}" for change in incident.changes)
        paragraphs.append(f"Changed just before:\n{changes}")
    if about and about.links:
        paragraphs.append("\n".join(f"{link.label}: {link.url}" for link in about.links))
    return (
        subject(f"[{word}] {title(incident)}"),
        cut_bytes("\n\n".join(paragraphs) + "\n", SNS_MESSAGE_BYTES),
    )
