"""How worker services share what the database's connections allow: by demand. Pure."""

from collections.abc import Mapping
from typing import NamedTuple


class Demand(NamedTuple):
    """Of one service."""

    least: int
    """Its minimum, which wins over the budget: a person asked for it."""
    required: int
    """Tasks that it would have without the budget."""
    held: int
    """Tasks that it has, whose connections are taken."""


def shares(total: int, demands: Mapping[str, Demand]) -> dict[str, int]:
    """The most tasks that each service may have.

    Where all that is required fits, what is left is anybody's. Where it doesn't, each gets its
    minimum, and the rest is divided in proportion to what is required beyond it. A service grows
    only into connections that no other one holds; one above its share is to shrink.
    """
    entitled = _entitled(total, demands)
    held = sum(demand.held for demand in demands.values())
    return {
        name: min(entitled[name], max(demand.held, total - (held - demand.held)))
        for name, demand in demands.items()
    }


def _entitled(total: int, demands: Mapping[str, Demand]) -> dict[str, int]:
    required = {name: max(demand.least, demand.required) for name, demand in demands.items()}
    spare = total - sum(required.values())
    if spare >= 0:
        return {name: tasks + spare for name, tasks in required.items()}
    left = max(0, total - sum(demand.least for demand in demands.values()))
    beyond = {name: required[name] - demand.least for name, demand in demands.items()}
    exact = {name: left * more / max(1, sum(beyond.values())) for name, more in beyond.items()}
    given = {name: int(portion) for name, portion in exact.items()}
    by_remainder = sorted(exact, key=lambda name: given[name] - exact[name])
    for name in by_remainder[: left - sum(given.values())]:
        given[name] += 1
    return {name: demand.least + given[name] for name, demand in demands.items()}
