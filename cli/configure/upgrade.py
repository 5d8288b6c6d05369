"""Parameters of an older version in samconfig.toml: taken over under today's names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "WebService": "WebServices",
        "WorkerService": "WorkerServices",
    }
)
"""Old name to new name; the value means what it meant."""
REMOVED: Mapping[str, str] = MappingProxyType({})
"""Name to why it is gone, and what holds instead."""


class Upgrade(NamedTuple):
    """Parameters under today's names, and a sentence for each that changed."""

    overrides: dict[str, str]
    notes: tuple[str, ...]


def upgraded(overrides: Mapping[str, str]) -> Upgrade:
    """An older version's overrides as today's; what is named anew already stays as it is."""
    now: dict[str, str] = {}
    notes: list[str] = []
    for name, value in overrides.items():
        if name in REMOVED:
            notes.append(f"{name} is gone: {REMOVED[name]}")
        elif name in RENAMED:
            new = RENAMED[name]
            notes.append(f"{name} is {new} now")
            if new not in overrides and value:
                now[new] = value
        else:
            now[name] = value
    return Upgrade(now, tuple(notes))
