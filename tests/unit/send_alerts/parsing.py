"""What the tests of parsing share."""

import json
from collections.abc import Callable
from typing import Any

from send_alerts.events import parse
from send_alerts.notice import Notice
from send_alerts.place import Place
from tests.unit.send_alerts.alert_world import NOON

PLACE = Place(
    region="eu-west-1",
    log_group_prefix="/ecs/",
    web_service="jiki-api-web",
    runbook_url="https://example.org/runbook.md",
)
type Event = Callable[[str], Any]


def parsed(event: Any, place: Place = PLACE) -> list[Notice]:
    found = parse(json.dumps(event), NOON, place)
    assert isinstance(found, list)
    return found
