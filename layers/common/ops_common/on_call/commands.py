"""The words of `/ops` and of `make` alike, read into what they ask for."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .operator_action import Action
from .periods import BadPeriod, end_of

# Slack's clients make quotes curly, and each language has its own; code is pasted with its marks.
_STRAIGHT = str.maketrans("“”„«»`‘’\xa0", '""""""\'\' ')
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
ABOUT_AN_INCIDENT = ("probe", "rollback", "hold", "release")
"""After these an incident may stand as `@` and its reference: its thread says who did it."""
LONGEST_WORD = 300
LONGEST_REASON = 500
MOST_TASKS = 1000


class Question(StrEnum):
    """What may be asked; it changes nothing, so everybody may."""

    STATUS = "status"
    INCIDENTS = "incidents"
    WHY = "why"
    HELP = "help"


@dataclass(frozen=True)
class Wish:
    """An action as it was asked for: its incident and service are still words."""

    action: Action
    incident: str = ""
    """A key, the short reference of an incident, or an alarm's name."""
    name: str = ""
    until: datetime | None = None
    why: str = ""
    service: str = ""
    tasks: int | None = None
    code: str = ""
    """Of a rotation: the confirmation by a second person."""


@dataclass(frozen=True)
class Usage:
    """How a command is written, and what it does."""

    words: str
    meaning: str


USAGE: Mapping[str, Usage] = {
    "status": Usage("status", "open incidents, the workers, the last rotation and verdicts"),
    "incidents": Usage("incidents", "open incidents, each with its reference"),
    "why": Usage("why [SERVICE]", "the scaler's last ten reasons"),
    "ack": Usage("ack INCIDENT", "somebody is on it: reminders pause"),
    "close": Usage("close INCIDENT WHY…", "end an incident that nothing else will end"),
    "silence": Usage("silence NAME 1h", "say nothing new of an alarm or of some (jiki-ops-web-*)"),
    "unsilence": Usage("unsilence NAME", "end a silence before its time"),
    "hold": Usage("hold N [1h] [SERVICE]", "keep the workers at N tasks"),
    "release": Usage("release [SERVICE]", "end a hold before its time"),
    "probe": Usage("probe [SERVICE]", "probe the deployment again"),
    "rollback": Usage("rollback SERVICE", "deploy the last task definition that passed"),
    "rotate": Usage("rotate [CODE]", "rotate the password; a second person confirms by the code"),
    "help": Usage("help", "this list"),
}


class BadCommand(Exception):
    """The words ask for nothing; the message says how they are written."""


def split(text: str) -> list[str]:
    """The words of a line; quotes, curly ones as well, keep a name with blanks together.

    An apostrophe within a word is none. Raises BadCommand.
    """
    try:
        words = shlex.split(_APOSTROPHE.sub("’", text.translate(_STRAIGHT)))
        return [word.replace("’", "'") for word in words]
    except ValueError:
        raise BadCommand("a quote is not closed") from None


def parse(words: Sequence[str], now: datetime) -> Wish | tuple[Question, str]:
    """What the words ask for; a question with its subject. Raises BadCommand.

    `now` carries the team's time zone.
    """
    if not words:
        return Question.HELP, ""
    verb, rest = words[0].lower(), [word for word in words[1:] if word]
    if verb not in USAGE:
        raise BadCommand(f"no command {words[0][:40]!r}; there are {', '.join(USAGE)}")
    if any(len(word) > LONGEST_WORD for word in rest):
        raise BadCommand(f"no word has more than {LONGEST_WORD} characters")
    if verb in set(Question):
        if len(rest) > (verb == Question.WHY):
            raise _usage(verb)
        return Question(verb), rest[0] if rest else ""
    about = ""
    if verb in ABOUT_AN_INCIDENT and rest and rest[-1].startswith("@"):
        about = rest.pop().removeprefix("@")
    try:
        return replace(_wish(verb, rest, now), incident=about) if about else _wish(verb, rest, now)
    except BadPeriod as error:
        raise BadCommand(str(error)) from None


def _wish(verb: str, rest: Sequence[str], now: datetime) -> Wish:
    match verb, rest:
        case "ack", [incident]:
            return Wish(Action.ACKNOWLEDGE, incident=incident)
        case "close", [incident, *why] if why:
            return Wish(Action.CLOSE, incident=incident, why=" ".join(why)[:LONGEST_REASON])
        case "silence", [name, period]:
            return Wish(Action.SILENCE, name=_name(name), until=end_of(period, now))
        case "unsilence", [name]:
            return Wish(Action.UNSILENCE, name=_name(name))
        case "hold", [tasks, *more] if len(more) <= 2:
            return _hold(tasks, more, now)
        case "release", ([] | [_]) as service:
            return Wish(Action.RELEASE, service="".join(service))
        case "probe", ([] | [_]) as service:
            return Wish(Action.PROBE, service="".join(service))
        case "rollback", [service]:
            return Wish(Action.ROLL_BACK, service=service)
        case "rotate", ([] | [_]) as code:
            return Wish(Action.ROTATE, code="".join(code))
    raise _usage(verb)


def _hold(tasks: str, more: Sequence[str], now: datetime) -> Wish:
    if not tasks.isascii() or not tasks.isdigit() or int(tasks) > MOST_TASKS:
        raise BadCommand(f"a hold is at a number of tasks, 0 to {MOST_TASKS}, not {tasks!r}")
    period = more[0] if more else "1h"
    service = more[1] if len(more) > 1 else ""
    return Wish(Action.HOLD, tasks=int(tasks), until=end_of(period, now), service=service)


def _name(name: str) -> str:
    if not name.strip("*?"):
        raise BadCommand(f"{name!r} would silence everything; name an alarm or a part of its name")
    return name


def _usage(verb: str) -> BadCommand:
    return BadCommand(f"it is written: {USAGE[verb].words}")
