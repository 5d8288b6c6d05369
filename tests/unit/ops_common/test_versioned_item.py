"""A document that two write at once: the later one gets a conflict."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops_common.versioned_item import NO_VERSION, Conflict, Stored, VersionedItems

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class FakeTable:
    """The two calls, with the one condition that is used."""

    def __init__(self) -> None:
        self.items: dict[str, Any] = {}
        self.error = ""

    def get_item(self, **call: Any) -> dict[str, Any]:
        assert call["ConsistentRead"]
        item = self.items.get(call["Key"]["id"]["S"])
        return {"Item": item} if item else {}

    def get_paginator(self, operation: str) -> "FakeTable":
        assert operation == "scan"
        return self

    def paginate(self, **call: Any) -> list[dict[str, Any]]:
        """A page of each item, with the one filter that is used."""
        at = int(call["ExpressionAttributeValues"][":at"]["N"])
        due = {key: item.get("due_at", {}).get("N") for key, item in self.items.items()}
        found = [{"id": {"S": key}} for key, when in due.items() if when and int(when) < at]
        return [{"Items": []}, *({"Items": [item]} for item in found)]

    def put_item(self, **call: Any) -> None:
        if self.error:
            raise ClientError({"Error": {"Code": self.error}}, "PutItem")
        there = self.items.get(call["Item"]["id"]["S"], {}).get("version")
        seen = call["ExpressionAttributeValues"][":seen"]
        if there != (seen if seen["N"] != str(NO_VERSION) else None):
            code = "ConditionalCheckFailedException"
            raise ClientError({"Error": {"Code": code}}, "PutItem")
        self.items[call["Item"]["id"]["S"]] = call["Item"]


@pytest.fixture
def table() -> FakeTable:
    return FakeTable()


def items(table: Any) -> VersionedItems:
    return VersionedItems(table, "ops", kept_for=timedelta(days=1))


def test_a_document_comes_back_with_its_version(table: FakeTable) -> None:
    assert items(table).read("a") == Stored(NO_VERSION, None)
    version = items(table).write("a", NO_VERSION, {"städte": [1]}, NOW)
    assert items(table).read("a") == Stored(version, {"städte": [1]})
    assert items(table).write("a", version, {}, NOW) == version + 1
    assert table.items["a"]["expires_at"]["N"] == str(int(NOW.timestamp()) + 86_400)


def test_only_who_saw_the_last_version_may_write(table: FakeTable) -> None:
    version = items(table).write("a", NO_VERSION, {"by": 1}, NOW)
    for seen in (NO_VERSION, version + 1):
        with pytest.raises(Conflict):
            items(table).write("a", seen, {"by": 2}, NOW)
    assert items(table).read("a") == Stored(version, {"by": 1})


def test_other_errors_are_no_conflict(table: FakeTable) -> None:
    table.error = "ProvisionedThroughputExceededException"
    with pytest.raises(ClientError):
        items(table).write("a", NO_VERSION, {}, NOW)


def test_packed_items_and_plain_ones_are_read_alike(table: FakeTable) -> None:
    packed = VersionedItems(table, "ops", packed=True)  # type: ignore[arg-type]  # a fake client
    packed.write("a", NO_VERSION, {"städte": [1]}, NOW, "a summary")
    assert set(table.items["a"]["document"]) == set(table.items["a"]["summary"]) == {"B"}
    assert packed.read("a") == items(table).read("a") == Stored(1, {"städte": [1]}, "a summary")


def test_a_document_may_have_another_attribute(table: FakeTable) -> None:
    of_state = VersionedItems(table, "ops", attribute="state")  # type: ignore[arg-type]  # as above
    of_state.write("a", NO_VERSION, {"b": 1}, NOW)
    assert of_state.read("a").document == {"b": 1}
    assert items(table).read("a") == Stored(1)


def test_what_is_no_json_reads_as_nothing_and_can_be_written_over(table: FakeTable) -> None:
    table.items["a"] = {"id": {"S": "a"}, "version": {"N": "7"}, "document": {"S": "{"}}
    assert items(table).read("a") == Stored(7, None)
    assert items(table).write("a", 7, {"well": True}, NOW) == 8


def test_what_is_due_is_found_until_it_is_written_without_a_time(table: FakeTable) -> None:
    version = items(table).write("a", NO_VERSION, {}, NOW, due_at=NOW)
    items(table).write("b", NO_VERSION, {}, NOW, due_at=NOW + timedelta(hours=1))
    items(table).write("c", NO_VERSION, {}, NOW)
    assert items(table).due_before(NOW) == []
    assert items(table).due_before(NOW + timedelta(minutes=1)) == ["a"]
    items(table).write("a", version, {}, NOW)
    assert items(table).due_before(NOW + timedelta(minutes=1)) == []
