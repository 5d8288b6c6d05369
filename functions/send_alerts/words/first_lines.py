"""The first lines of a message: how it stands, who is hurt, what it is, what to type, when it ends.

At most six, the title's among them; whatever else there is comes after them. Slack's blocks and the
e-mail are both made of these.
"""

from typing import NamedTuple

from send_alerts.incident.incident import Incident
from send_alerts.reading.notice import Guide
from send_alerts.words.limits import cut
from send_alerts.words.message_text import NO_DATA, RESOLVED, Status, title

MOST = 6
TITLE_AND_TIME = 2
LINE = 200
"""Characters: what is longer stands in full below."""
KEY_FACTS = ("Resource", "Contributor", "service", "secret", "image", "Image")
MOST_KEY_FACTS = 2
KEY_FACT = 80
MORE = "-- more --"
FENCE = "```"


class FirstLines(NamedTuple):
    """Plain text; the line of the time is the channel's, which writes times its own way."""

    title: str
    impact: str
    what: tuple[str, ...]
    about: tuple[str, ...]
    """What it concerns, for the line of the time."""
    check: str
    over: str
    rest: str
    """The text that did not fit."""
    facts: tuple[tuple[str, str], ...]
    """Those that are not shown yet."""


def first_lines(incident: Incident, status: Status, text: str = "") -> FirstLines:
    """Those of an incident that stands so; `text` instead of its subject's."""
    subject, called = incident.subject, _one_line(title(incident))
    if subject is None:
        return FirstLines(called, "", (), (), "", "", text, ())
    guide = Guide() if status in (RESOLVED, NO_DATA) else subject.guide
    free = MOST - TITLE_AND_TIME - sum(1 for line in guide if line)
    what, rest = _what(text or subject.text, free)
    impact, check = _one_line(guide.impact), _one_line(guide.check)
    about = tuple(
        (name, value)
        for key in KEY_FACTS
        for name, value in subject.facts
        if name == key and value not in called and len(value) <= KEY_FACT
    )[:MOST_KEY_FACTS]
    seen = {*about, *(fact for fact in subject.facts if fact[1] in (guide.impact, *what))}
    return FirstLines(
        title=called,
        impact=cut(impact, LINE),
        what=what,
        about=tuple(_one_line(value) for _, value in about),
        check=check,
        over=_one_line(guide.over),
        rest=rest,
        facts=tuple(
            fact for fact in subject.facts if fact not in seen or len(_one_line(fact[1])) > LINE
        ),
    )


def _one_line(text: str) -> str:
    """The text with its white space as single blanks."""
    return " ".join(text.split())


def _what(text: str, most: int) -> tuple[tuple[str, ...], str]:
    """As many of its lines as there is room for, and what is left of it."""
    lines = [line for line in text.splitlines() if line.strip()]
    shown: list[str] = []
    for at, line in enumerate(lines):
        if len(shown) == most or line.startswith(FENCE):
            return tuple(shown), "\n".join(lines[at:])
        shown.append(cut(line, LINE))
        if len(line) > LINE:
            return tuple(shown), "\n".join(lines[at:])
    return tuple(shown), ""
