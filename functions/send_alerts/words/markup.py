"""Text in Slack's own marks (Slack developer docs, "Formatting text")."""

import re
from datetime import datetime

from send_alerts.reading.figures import clock
from send_alerts.words.limits import MARK, cut

# After escaping: an address ends at a blank or at an escaped bracket, not at the dot of a sentence.
_ADDRESS = re.compile(r"https?://(?:(?!&[lg]t;)[^\s|])+(?<![.,;:!?)])")


def escape(text: str) -> str:
    """Text that Slack shows as it is: no mention, no link (Slack, "Formatting text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clickable(text: str) -> str:
    """Escaped text whose web addresses can be clicked."""
    return _ADDRESS.sub(lambda found: f"<{found[0]}>", escape(text))


def cut_markup(text: str, length: int) -> str:
    """As `cut`, but no link is cut in its middle: it would be none."""
    shorter = cut(text, length)
    if shorter is not text and shorter.rfind("<") > shorter.rfind(">"):
        return shorter[: shorter.rfind("<")] + MARK
    return shorter


def local_time(at: datetime) -> str:
    """A time as each reader's own clock shows it (Slack, "Formatting text", date)."""
    date = "{date_short_pretty} {time_secs}"
    return f"<!date^{int(at.timestamp())}^{date}|{clock(at)}>"
