"""Where a story is sent: rules of the parameter AlertRoutes, the first that fits.

`severity=critical -> C0AAA @oncall; team=payments -> C0BBB; * -> C0CCC`: conditions on severity,
the stack's environment and any tag, with commas where all of them must hold, each value an exact
one or a pattern; then a channel's id and, if somebody is to be called, a mention.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import NamedTuple

from .ops_events import Severity

EVERYTHING = "*"
ARROW = "->"
_CHANNEL = re.compile(r"[CG][A-Z0-9]{3,20}")
_NAME = re.compile(r"[A-Za-z0-9_.:/=+@-]{1,128}")
_MENTION = re.compile(r"@[A-Za-z0-9._-]{1,80}")
_EVERYBODY = ("here", "channel", "everyone")


class BadRoutes(Exception):
    """Rules that can't be read; the message names each of them and what is wrong."""

    def __init__(self, words: str, *rules: str) -> None:
        super().__init__(words)
        self.rules = rules


class Destination(NamedTuple):
    """A channel, and whom to call there; an empty channel is the stack's own (SlackChannel)."""

    channel: str = ""
    mention: str = ""
    """`@` and an id of a person or of a user group, a group's handle, or `@here`."""


@dataclass(frozen=True)
class Route:
    """One rule."""

    conditions: tuple[tuple[str, str], ...]
    destination: Destination

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether every condition holds; a label that isn't there fits no pattern."""
        return all(
            name in labels and fnmatchcase(labels[name], value) for name, value in self.conditions
        )


def parse_routes(text: str) -> tuple[Route, ...]:
    """The rules in their order. Raises BadRoutes."""
    rules = [rule.strip() for rule in text.split(";") if rule.strip()]
    routes, problems = list[Route](), dict[str, str]()
    for rule in rules:
        try:
            routes.append(_route(rule))
        except BadRoutes as error:
            problems[rule] = f"{rule!r}: {error}"
    everything = [number for number, route in enumerate(routes) if not route.conditions]
    if everything and everything[0] < len(routes) - 1:
        problems[EVERYTHING] = f"no rule after {EVERYTHING!r} is ever reached"
    if problems:
        raise BadRoutes("; ".join(problems.values()), *problems)
    return tuple(routes)


def find_destination(labels: Mapping[str, str], routes: tuple[Route, ...]) -> Destination:
    """Of the first rule that fits; the stack's own channel where none does."""
    return next((one.destination for one in routes if one.fits(labels)), Destination())


def with_ids(routes: tuple[Route, ...], groups: Mapping[str, str]) -> tuple[Route, ...]:
    """The routes with ids in the place of handles, by which Slack calls nobody.

    A handle that no group has stays as it is: the message matters more than the call.
    """
    return tuple(
        replace(route, destination=Destination(channel, f"@{groups.get(mention[1:], mention[1:])}"))
        if is_handle(mention)
        else route
        for route in routes
        for channel, mention in (route.destination,)
    )


def mention_markup(mention: str) -> str:
    """A mention as Slack's text has it; a handle is no more than a word there."""
    name = mention.removeprefix("@")
    if not name:
        return ""
    if name in _EVERYBODY:
        return f"<!{name}>"
    if re.fullmatch(r"[UW][A-Z0-9]{4,20}", name):
        return f"<@{name}>"
    return f"<!subteam^{name}>" if re.fullmatch(r"S[A-Z0-9]{4,20}", name) else mention


def is_handle(mention: str) -> bool:
    """Whether Slack must be asked which user group is meant."""
    return bool(mention) and mention_markup(mention) == mention


def _route(rule: str) -> Route:
    when, arrow, where = rule.partition(ARROW)
    if not arrow:
        raise BadRoutes(f"there is no {ARROW}")
    words = where.split()
    if not words or not _CHANNEL.fullmatch(words[0]):
        raise BadRoutes("after the arrow stands a channel's id, such as C0123456789")
    if len(words) > 2 or (len(words) == 2 and not _MENTION.fullmatch(words[1])):
        raise BadRoutes("after the channel there may be one mention, such as @S0123456789 or @here")
    return Route(_conditions(when.strip()), Destination(*words))


def _conditions(when: str) -> tuple[tuple[str, str], ...]:
    if when == EVERYTHING:
        return ()
    found = []
    for condition in when.split(","):
        name, equals, value = (part.strip() for part in condition.partition("="))
        if not equals or not value or not _NAME.fullmatch(name):
            raise BadRoutes(f"{condition.strip()!r} is no name=value; for all the rest write *")
        if name == "severity" and value not in set(Severity):
            raise BadRoutes(f"a severity is {', '.join(Severity)}, not {value!r}")
        found.append((name, value))
    return tuple(found)
