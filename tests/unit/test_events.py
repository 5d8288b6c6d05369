"""Each file in events/ starts what its folder says: none lies there that nobody drives."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answer_slack.signed_request import receive
from local.alert_batches import BATCHES, EVENTS
from paths import ROOT
from probe_deployment.triggers import parse as parse_trigger
from query_database.fields import Fields
from query_database.requests import REQUESTS
from rotate_password.reading.request import Request
from send_alerts.reading.parse import ANY, NO_EVENT, READERS
from send_alerts.reading.parse import parse as parse_alert
from tests.unit.send_alerts.alert_world import NOON, STACK_INFO

SERVICES = ("jiki-api-web", "jiki-api-solid-queue")
FILES = sorted(EVENTS.rglob("*"))
FILES = [path for path in FILES if path.is_file()]
ALERTS = [
    json.loads(path.read_text())
    for path in [
        *(ROOT / "tests/corpus/other_events").glob("*.json"),
        *(EVENTS / "alerts").glob("*.json"),
    ]
    if path.name != "expected.json"
]


def an_alert(name: str, event: Any) -> bool:
    """Its batch is driven by the integration tests, as every batch is."""
    batches = [one for one, pattern in BATCHES.items() if Path(name).match(pattern)]
    return len(batches) == 1 and parse_alert(json.dumps(event), NOON, STACK_INFO) is not None


DRIVERS: dict[str, Callable[[str, Any], object]] = {
    "alerts": an_alert,
    "answer_slack": lambda _, event: receive(event),
    "probe_deployment": lambda _, event: parse_trigger(event, SERVICES),
    "query_database": lambda name, event: (
        event["request"] == name in REQUESTS and Fields(event).login()
    ),
    "rotate_password": lambda _, event: Request.from_event(event),
    "scale_workers": lambda name, _: name == "tick",
    "send_alerts": lambda name, _: name in BATCHES,
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_is_driven(path: Path) -> None:
    folder = path.relative_to(EVENTS).parts[0]
    assert path.parent == EVENTS / folder
    assert DRIVERS[folder](path.stem, json.loads(path.read_text()))


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: " ".join(kind))
def test_every_kind_that_is_read_has_a_file(kind: tuple[str, str]) -> None:
    source, detail_type = kind
    assert any(
        detail_type in f"{event.get('Message', event)}"
        if source == NO_EVENT
        else event.get("source") == source and detail_type in (ANY, event["detail-type"])
        for event in ALERTS
    )
