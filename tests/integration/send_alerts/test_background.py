"""What send_alerts keeps for who asks: what each part last did, and silences."""

from datetime import UTC, datetime, timedelta

from local.moto_aws import MotoAws
from ops_common.on_call.board import read_board
from ops_common.on_call.summaries import Part, PartSummary
from send_alerts.channels.background import KEPT_CHANGES, DynamoBackground
from tests.integration.send_alerts.conftest import OPS_TABLE


def test_what_a_part_last_did_is_kept_with_what_went_before(aws: MotoAws) -> None:
    background = DynamoBackground(aws.client("dynamodb"), OPS_TABLE)
    at = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
    for minutes, text in ((0, "one"), (2, "three"), (1, "two, late"), (3, "four")):
        background.record(
            PartSummary(Part.SCALING, "worker", at + timedelta(minutes=minutes), text)
        )
    (kept,) = read_board(aws.client("dynamodb"), OPS_TABLE, at).parts
    assert [text for _, text in kept.recent] == ["four", "three", "one"]


def test_a_silence_is_kept_until_it_is_ended(aws: MotoAws) -> None:
    background = DynamoBackground(aws.client("dynamodb"), OPS_TABLE)
    at = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
    background.silence("web-*", at + timedelta(hours=1))
    assert background.silenced_until("web-errors", at) == at + timedelta(hours=1)
    assert read_board(aws.client("dynamodb"), OPS_TABLE, at).silences[0][0] == "web-*"
    background.unsilence("web-*")
    assert background.silenced_until("web-errors", at) is None


def test_the_oldest_changes_make_room(aws: MotoAws) -> None:
    background = DynamoBackground(aws.client("dynamodb"), OPS_TABLE)
    at = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
    changed = {f"change-{number}": at + timedelta(seconds=number) for number in range(KEPT_CHANGES)}
    values = {
        name: {"M": {"at": {"S": time.isoformat(timespec="milliseconds")}, "title": {"S": name}}}
        for name, time in changed.items()
    }
    item = {"id": {"S": "change#recent"}, **values}
    aws.client("dynamodb").put_item(TableName=OPS_TABLE, Item=item)
    background.remember("new", at + timedelta(hours=1), "new")
    key = {"id": item["id"]}
    kept = aws.client("dynamodb").get_item(TableName=OPS_TABLE, Key=key)["Item"]
    assert kept.keys() ^ item.keys() == {"change-0", "new"}
