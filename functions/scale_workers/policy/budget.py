"""How worker services share what the database's connections allow: by need. Pure."""

from collections.abc import Mapping
from typing import NamedTuple


class Need(NamedTuple):
    """Of one service."""

    least: int
    """Its minimum, which wins over the budget: a person asked for it."""
    required: int
    """Tasks that it would have without the budget."""
    held: int
    """Tasks that it has, whose connections are taken."""


def shares(total: int, needs: Mapping[str, Need]) -> dict[str, int]:
    """The most tasks that each service may have.

    Where all that is required fits, what is left is anybody's. Where it doesn't, each gets its
    minimum, and the rest is divided in proportion to what is required beyond it. A service grows
    only into connections that no other one holds; one above its share is to shrink.
    """
    entitled = _entitled(total, needs)
    held = sum(need.held for need in needs.values())
    return {
        name: min(entitled[name], max(need.held, total - (held - need.held)))
        for name, need in needs.items()
    }


def _entitled(total: int, needs: Mapping[str, Need]) -> dict[str, int]:
    required = {name: max(need.least, need.required) for name, need in needs.items()}
    spare = total - sum(required.values())
    if spare >= 0:
        return {name: tasks + spare for name, tasks in required.items()}
    left = max(0, total - sum(need.least for need in needs.values()))
    beyond = {name: required[name] - need.least for name, need in needs.items()}
    exact = {name: left * more / max(1, sum(beyond.values())) for name, more in beyond.items()}
    given = {name: int(portion) for name, portion in exact.items()}
    by_remainder = sorted(exact, key=lambda name: given[name] - exact[name])
    for name in by_remainder[: left - sum(given.values())]:
        given[name] += 1
    return {name: need.least + given[name] for name, need in needs.items()}
