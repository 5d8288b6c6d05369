"""Reads the ticks that scale_workers logged, from whatever CloudWatch Logs exports."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ops_common.answers.queue import Measurement
from scale_workers.policy.model import ConnectionBudget, Policy, ServiceState
from scale_workers.report import MESSAGE


class NoTicks(Exception):
    """The file holds no line that scale_workers logged for a tick, or none of the service."""

    def __init__(self, path: Path, service: str) -> None:
        whose = f" of {service}" if service else ""
        super().__init__(f"{path} has no line with the message {MESSAGE!r}{whose}")
        self.service = service
        """Empty where any would do."""


@dataclass(frozen=True)
class LoggedTick:
    """One tick as it was logged; without a measurement where there was none."""

    at: datetime
    measurement: Measurement | None
    service: ServiceState
    policy: Policy
    applied: int
    name: str = ""
    """Of the worker service."""


def read_ticks(path: Path, service: str = "") -> list[LoggedTick]:
    """One service's ticks of a file, the first's, in the order of time, each once. Raises NoTicks.

    Understood: the function's own lines, alone or behind a timestamp (`aws logs tail`, an export
    to S3, gzipped or not), and JSON with such lines in it (`aws logs filter-log-events`, the
    results of Logs Insights). Lines of anything else are passed over.
    """
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode(errors="replace")
    every = [tick for tick in map(_tick, _payloads(text)) if tick]
    wanted = service or next((tick.name for tick in every), "")
    found = {tick.at: tick for tick in every if tick.name == wanted}
    if not found:
        raise NoTicks(path, service)
    return [found[at] for at in sorted(found)]


def _payloads(text: str) -> Iterator[Mapping[str, Any]]:
    try:
        yield from _within(json.loads(text))
    except ValueError:
        for line in text.splitlines():
            start = line.find("{")
            if start >= 0:
                yield from _from_line(line[start:])


def _from_line(text: str) -> Iterator[Mapping[str, Any]]:
    try:
        yield from _within(json.loads(text))
    except ValueError:
        return


def _within(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every log line's object in a JSON value: itself, or text in some list of events."""
    if isinstance(value, dict) and value.get("message") == MESSAGE:
        yield value
    elif isinstance(value, dict):
        yield from _each(value.values())
    elif isinstance(value, list):
        yield from _each(value)
    elif isinstance(value, str) and MESSAGE in value and "{" in value:
        yield from _from_line(value[value.index("{") :])


def _each(values: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for value in values:
        yield from _within(value)


def _tick(line: Mapping[str, Any]) -> LoggedTick | None:
    try:
        tick = line["tick"]
        measurement = tick.get("measurement")
        return LoggedTick(
            datetime.fromisoformat(tick["at"]),
            Measurement.from_json(measurement) if measurement else None,
            ServiceState.from_json(tick["service"]),
            _policy(tick["policy"]),
            int(tick["applied"]),
            str(tick.get("name", "")),
        )
    except (KeyError, TypeError, ValueError):
        # A line of another version of the function, or one cut short.
        return None


def _policy(values: Mapping[str, Any]) -> Policy:
    held_until = values.get("held_until")
    return Policy(
        **{
            **values,
            "connections": ConnectionBudget(**values["connections"]),
            "queues": tuple(values.get("queues", ())),
            "held_until": datetime.fromisoformat(held_until) if held_until else None,
        }
    )
