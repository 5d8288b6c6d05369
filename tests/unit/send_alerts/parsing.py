"""What the tests of parsing share."""

import json
from collections.abc import Callable
from typing import Any

from send_alerts.reading.notice import Notice
from send_alerts.reading.parse import parse
from send_alerts.reading.stack_info import StackInfo
from tests.unit.send_alerts.alert_world import NOON, STACK_INFO

type Event = Callable[[str], Any]


def parsed(event: Any, stack_info: StackInfo = STACK_INFO) -> list[Notice]:
    found = parse(json.dumps(event), NOON, stack_info)
    assert isinstance(found, list)
    return found
