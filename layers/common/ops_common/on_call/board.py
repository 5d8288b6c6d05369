"""Everything that people on call ask about, read from the operations table in two calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..observability import logger
from ..packed_text import unpack
from ..scaling_hold import Hold
from .next_rotation import next_rotation
from .summaries import IncidentSummary, Part, PartSummary, from_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SILENCES_ID = "silence#alarms"
HOLD = "hold#"
MOST_PAGES = 10
"""Of a megabyte each; thousands of incidents of the last thirty days."""


@dataclass(frozen=True)
class Board:
    """What is open, silenced and held, and what each part last did."""

    incidents: tuple[IncidentSummary, ...] = ()
    """Open ones first, the newest of each first."""
    parts: tuple[PartSummary, ...] = ()
    silences: tuple[tuple[str, datetime], ...] = ()
    """Pattern and end."""
    holds: tuple[Hold, ...] = ()
    next_rotation: datetime | None = None
    """When the window of the next one opens, by the schedule."""
    complete: bool = True
    """Whether the table was read to its end."""

    @property
    def open(self) -> tuple[IncidentSummary, ...]:
        """The incidents that last."""
        return tuple(incident for incident in self.incidents if incident.open)

    def of(self, part: Part, name: str = "") -> tuple[PartSummary, ...]:
        """What a part last did, for each service, or for one."""
        return tuple(one for one in self.parts if one.part is part and name in ("", one.name))

    def find(self, words: str) -> tuple[IncidentSummary, ...]:
        """The incidents meant by a reference, a key or a name; open ones hide the others."""
        meant = [
            one
            for one in self.incidents
            if words in (one.key, one.name) or words.lower() == one.reference
        ]
        return tuple(one for one in meant if one.open) or tuple(meant)


def read_board(
    client: "DynamoDBClient", table: str, now: datetime, rotation_schedule: str = ""
) -> Board:
    """Read the table. Raises ClientError; an item that nobody can read is left out."""
    items, complete = _scan(client, table)
    summaries = [found for item in items if (found := _summary(item))]
    incidents = [one for one in summaries if isinstance(one, IncidentSummary)]
    parts = tuple(one for one in summaries if isinstance(one, PartSummary))
    rotated = max((one.at for one in parts if one.part is Part.ROTATION), default=None)
    holds = [hold for item in items if (hold := _hold(item)) and now < hold.until]
    return Board(
        incidents=tuple(sorted(incidents, key=lambda one: (one.open, one.opened_at), reverse=True)),
        parts=parts,
        silences=_silences(client, table, now),
        holds=tuple(holds),
        next_rotation=next_rotation(rotation_schedule, rotated, now),
        complete=complete,
    )


def _scan(client: "DynamoDBClient", table: str) -> tuple[list[Mapping[str, Any]], bool]:
    request: dict[str, Any] = {
        "TableName": table,
        "ProjectionExpression": "id, summary, tasks, #until, #by",
        "FilterExpression": "attribute_exists(summary) OR begins_with(id, :hold)",
        "ExpressionAttributeNames": {"#until": "until", "#by": "by"},
        "ExpressionAttributeValues": {":hold": {"S": HOLD}},
    }
    items: list[Mapping[str, Any]] = []
    for _ in range(MOST_PAGES):
        page = client.scan(**request)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items, True
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    return items, False


def _summary(item: Mapping[str, Any]) -> IncidentSummary | PartSummary | None:
    if "summary" not in item:
        return None
    try:
        return from_text(unpack(item["summary"]))
    except (LookupError, TypeError, ValueError) as error:
        logger.warning("summary ignored", item=item["id"]["S"], reason=str(error))
        return None


def _hold(item: Mapping[str, Any]) -> Hold | None:
    item_id = item["id"]["S"]
    if not item_id.startswith(HOLD):
        return None
    try:
        return Hold.from_item(item_id.removeprefix(HOLD), dict(item))
    except ValueError as error:
        logger.warning("hold ignored", item=item_id, reason=str(error))
        return None


def _silences(
    client: "DynamoDBClient", table: str, now: datetime
) -> tuple[tuple[str, datetime], ...]:
    item = client.get_item(TableName=table, Key={"id": {"S": SILENCES_ID}}).get("Item", {})
    found = []
    for pattern, value in item.items():
        try:
            until = datetime.fromisoformat(value["S"])
            if pattern != "id" and until > now:
                found.append((pattern, until))
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(sorted(found))
