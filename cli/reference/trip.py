"""The trip of an alarm through send_alerts: a run in memory, and each call between its modules."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from cli.reference.rooms import FUNCTIONS, room_of
from local.alerts_in_memory import AlertsInMemory
from ops_common.datetimes import parse_utc
from paths import ROOT
from send_alerts.reading.parse import parse
from send_alerts.reading.stack_info import StackInfo

ALARM = ROOT / "events" / "alerts" / "alarm_metric.json"
STACK = StackInfo("eu-west-1", "/ecs/", "jiki-api-web", "")
FUNCTION = FUNCTIONS / "send_alerts"
RULE = (
    "A call counts each time it enters another module than the one that it comes from."
    " Before the rooms the same event took 120 through 23 modules, and was not routed, had no"
    " buttons, no form for on-call services and no text message, and no summary in a list."
)
"""The figures of before are this rule's on commit a17ddaf, the last one with 38 flat modules.

Without what the stores make of an incident it was 101 calls there, or 201 hops there and back.
"""


@dataclass(frozen=True)
class Hop:
    """A call from one module into another."""

    file: Path
    name: str


def hops() -> list[Hop]:
    """Every call between modules of send_alerts while the first event of an alarm is handled."""
    body = ALARM.read_text()
    now = parse_utc(json.loads(body)["time"])
    alerts = AlertsInMemory()
    return traced(lambda: alerts.notify(parse(body, now, STACK), now))


def traced(call: Callable[[], object]) -> list[Hop]:
    """The calls between modules; comprehensions and properties count, libraries do not."""
    found: list[Hop] = []

    def profile(frame: FrameType, event: str, _: Any) -> None:
        if event != "call" or not _ours(frame):
            return
        caller = frame.f_back
        while caller and not _ours(caller):
            caller = caller.f_back
        file = Path(frame.f_code.co_filename)
        if caller is None or Path(caller.f_code.co_filename) != file:
            found.append(Hop(file, frame.f_code.co_name))

    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    return found


def _ours(frame: FrameType) -> bool:
    return Path(frame.f_code.co_filename).is_relative_to(FUNCTION)


def table() -> str:
    """The files in the order in which the trip first enters them."""
    trip = hops()
    first = {hop.file: hop.name for hop in reversed(trip)}
    order = list(dict.fromkeys(hop.file for hop in trip))
    lines = [
        f"{len(trip)} calls between {len(order)} modules, from the event's text to the messages."
        f" {RULE}",
        "",
        "| | room | module | enters by |",
        "|--:|---|---|---|",
    ]
    for number, file in enumerate(order, 1):
        module = file.relative_to(FUNCTION).with_suffix("")
        lines.append(f"| {number} | {room_of(file)} | `{module}` | `{first[file]}` |")
    return "\n".join(lines)
