"""What changed lately, and what is silenced: two items that messages and people write to."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Protocol

from ops_common.datetimes import parse_utc
from ops_common.observability import logger
from ops_common.on_call.summaries import PartSummary, from_text
from send_alerts.reading.figures import span

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CHANGES_ID = "change#recent"
SILENCES_ID = "silence#alarms"
FAMILIES_ID = "family#composites"
RECENT = timedelta(hours=2)
MOST_CHANGES = 5
KEPT_CHANGES = 100
"""With keys and titles of a kilobyte each they fill half of what an item holds (400 KB)."""
FORGOTTEN_AT_ONCE = 100
"""An expression holds 4 KB."""


class Background(Protocol):
    """The port; tests give one in memory."""

    def remember(self, key: str, at: datetime, title: str) -> None:
        """Keep the newest change of a key."""

    def changes_before(self, at: datetime) -> tuple[str, ...]:
        """What changed in the two hours before, newest first, in words."""

    def silenced_until(self, name: str, now: datetime) -> datetime | None:
        """Until when the name is silenced; None when it is not."""

    def record(self, summary: PartSummary) -> None:
        """Keep what a part of the stack last did, for who asks."""

    def silence(self, pattern: str, until: datetime) -> None:
        """Notify nobody of what the pattern matches until then; replaces an earlier one."""

    def unsilence(self, pattern: str) -> None:
        """End a silence of the pattern."""

    def remember_children(self, parent: str, children: Sequence[str]) -> None:
        """Keep which alarms the rule of a composite names."""

    def parent_of(self, child: str) -> str:
        """The composite whose rule names the alarm; empty for none."""


class DynamoBackground:
    """Background on the table of the stack. One item each, so that one read gives all."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def remember(self, key: str, at: datetime, title: str) -> None:
        """See Background; an older change than the one kept is dropped."""
        change = {"at": {"S": _stamp(at)}, "title": {"S": title}}
        try:
            answer = self._client.update_item(
                TableName=self._table_name,
                Key={"id": {"S": CHANGES_ID}},
                UpdateExpression="SET #key = :change",
                ConditionExpression="attribute_not_exists(#key) OR #key.#at < :at",
                ExpressionAttributeNames={"#key": key, "#at": "at"},
                ExpressionAttributeValues={":change": {"M": change}, ":at": change["at"]},
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
        self._forget_oldest({**answer["Attributes"]})

    def _forget_oldest(self, item: dict[str, Any]) -> None:
        """All but the newest; one that was written anew meanwhile is lost, as if it were old."""
        del item["id"]
        oldest = sorted(item, key=lambda name: item[name]["M"]["at"]["S"])
        forgotten = oldest[: max(0, len(oldest) - KEPT_CHANGES)][:FORGOTTEN_AT_ONCE]
        if forgotten:
            names = {f"#k{number}": name for number, name in enumerate(forgotten)}
            self._client.update_item(
                TableName=self._table_name,
                Key={"id": {"S": CHANGES_ID}},
                UpdateExpression=f"REMOVE {', '.join(names)}",
                ExpressionAttributeNames=names,
            )

    def changes_before(self, at: datetime) -> tuple[str, ...]:
        """See Background."""
        found = []
        for attribute, value in self._item(CHANGES_ID).items():
            if attribute == "id":
                continue
            changed_at = parse_utc(value["M"]["at"]["S"])
            if at - RECENT <= changed_at <= at:
                found.append((changed_at, value["M"]["title"]["S"]))
        return tuple(
            f"{title} ({span((at - changed_at).total_seconds())} before)"
            for changed_at, title in sorted(found, reverse=True)[:MOST_CHANGES]
        )

    def silenced_until(self, name: str, now: datetime) -> datetime | None:
        """See Background. A silence whose time can't be read is ignored, with a warning."""
        ends = []
        for pattern, value in self._item(SILENCES_ID).items():
            # A name may hold the characters of a pattern: `[…]`, `*`.
            if pattern == "id" or not (name == pattern or fnmatchcase(name, pattern)):
                continue
            try:
                ends.append(parse_utc(value["S"]))
            except (KeyError, ValueError):
                logger.warning("silence ignored: expected an ISO 8601 time", pattern=pattern)
        end = max(ends, default=now)
        return end if end > now else None

    def record(self, summary: PartSummary) -> None:
        """See Background; an older one than the one kept is dropped."""
        item_id = f"part#{summary.part}#{summary.name}"
        before = None
        with suppress(LookupError, TypeError, ValueError):
            before = from_text(self._item(item_id)["summary"]["S"])
        known = before if isinstance(before, PartSummary) else None
        if known and known.at >= summary.at:
            return
        self._client.put_item(
            TableName=self._table_name,
            Item={"id": {"S": item_id}, "summary": {"S": summary.after(known).as_text()}},
        )

    def silence(self, pattern: str, until: datetime) -> None:
        """See Background."""
        self._change(SILENCES_ID, "SET #name = :until", pattern, {":until": {"S": _stamp(until)}})

    def unsilence(self, pattern: str) -> None:
        """See Background."""
        self._change(SILENCES_ID, "REMOVE #name", pattern)

    def remember_children(self, parent: str, children: Sequence[str]) -> None:
        """See Background."""
        item = self._item(FAMILIES_ID)
        known = {child for child, value in item.items() if value.get("S") == parent} - {"id"}
        for child in sorted(set(children) - known):
            self._change(FAMILIES_ID, "SET #name = :parent", child, {":parent": {"S": parent}})
        for child in sorted(known - set(children)):
            self._change(FAMILIES_ID, "REMOVE #name", child)

    def _change(
        self, item_id: str, update: str, name: str, values: dict[str, Any] | None = None
    ) -> None:
        call: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        self._client.update_item(
            TableName=self._table_name,
            Key={"id": {"S": item_id}},
            UpdateExpression=update,
            ExpressionAttributeNames={"#name": name},
            **call,
        )

    def parent_of(self, child: str) -> str:
        """See Background."""
        return str(self._item(FAMILIES_ID).get(child, {}).get("S", ""))

    def _item(self, item_id: str) -> dict[str, Any]:
        answer = self._client.get_item(TableName=self._table_name, Key={"id": {"S": item_id}})
        return dict(answer.get("Item", {}))


def _stamp(at: datetime) -> str:
    # One width and one zone, so that the strings sort as the times do.
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
