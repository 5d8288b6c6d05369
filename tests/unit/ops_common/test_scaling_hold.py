from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops_common.scaling_hold import BadHold, Hold, Holds

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
HOLD = Hold("workers", 6, NOW + timedelta(hours=6), "dana")


class Table:
    """DynamoDB as far as it is used: items by their id."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}

    def put_item(self, **asked: Any) -> None:
        self.items[asked["Item"]["id"]["S"]] = asked["Item"]

    def get_item(self, **asked: Any) -> dict[str, Any]:
        found = self.items.get(asked["Key"]["id"]["S"])
        return {"Item": found} if found else {}

    def delete_item(self, **asked: Any) -> None:
        self.items.pop(asked["Key"]["id"]["S"], None)


def test_a_hold_is_kept_until_its_time() -> None:
    holds = Holds(Table(), "ops")
    holds.put(HOLD)
    assert holds.get("workers", NOW) == HOLD
    assert holds.get("workers", HOLD.until) is None
    assert holds.get("others", NOW) is None


def test_the_table_forgets_it_by_itself() -> None:
    assert HOLD.as_item()["expires_at"] == {"N": str(int(HOLD.until.timestamp()))}


def test_a_hold_can_be_ended_before_its_time() -> None:
    holds = Holds(Table(), "ops")
    holds.put(HOLD)
    holds.remove("workers")
    holds.remove("workers")
    assert holds.get("workers", NOW) is None


@pytest.mark.parametrize(
    "change",
    [
        {"until": {"S": "2026-11-28T18:00:00"}},
        {"until": {"S": "soon"}},
        {"tasks": {"N": "-1"}},
        {"tasks": {"S": "6"}},
    ],
)
def test_what_is_no_hold_is_said(change: dict[str, Any]) -> None:
    with pytest.raises(BadHold) as caught:
        Hold.from_item("workers", {**HOLD.as_item(), **change})
    assert caught.value.service == "workers"
