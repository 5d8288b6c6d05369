from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.moto_aws import OPS_TABLE, MotoAws
from ops_common.on_call.board import read_board
from ops_common.on_call.summaries import Part
from ops_common.versioned_item import VersionedItems
from scale_workers.memory import Overtaken, Remembered, StoredMemories
from scale_workers.policy.conditions import Condition, Conditions
from scale_workers.policy.history import Memory, RequiredTasks

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
KEY = {"id": {"S": "scaling#jiki-api-solid-queue"}}
SOMETHING = Remembered(
    Memory(measured_at=NOW, enqueued_total=12, required=(RequiredTasks(NOW, 3, 3),)),
    Conditions({"ScalerBlind": Condition(NOW, NOW + timedelta(minutes=1), notified=True)}),
    wake_at=NOW + timedelta(hours=1),
)


def memories(aws: MotoAws, table: str = OPS_TABLE) -> StoredMemories:
    items = VersionedItems(aws.client("dynamodb"), table, attribute="state", packed=True)
    return StoredMemories(items, "jiki-api-solid-queue")


def put(aws: MotoAws, **attributes: Any) -> None:
    aws.client("dynamodb").put_item(TableName=OPS_TABLE, Item={**KEY, **attributes})


def test_the_next_run_finds_what_the_last_one_left(aws: MotoAws) -> None:
    first = memories(aws)
    assert first.load() == Remembered()
    assert first.save(SOMETHING, NOW)
    assert memories(aws).load() == SOMETHING


def test_it_may_be_saved_twice_in_a_run(aws: MotoAws) -> None:
    first = memories(aws)
    first.load()
    assert first.save(SOMETHING, NOW)
    assert first.save(Remembered(), NOW)
    assert memories(aws).load() == Remembered()


def test_of_two_overlapping_runs_the_later_writer_is_overtaken(aws: MotoAws) -> None:
    # GIVEN two runs that have read the same
    slow, quick = memories(aws), memories(aws)
    slow.load()
    quick.load()
    # WHEN the second writes first
    quick.save(SOMETHING, NOW)
    # THEN the first writes nothing over
    with pytest.raises(Overtaken):
        slow.save(Remembered(), NOW)
    assert memories(aws).load() == SOMETHING


def test_a_lost_item_is_a_fresh_memory_and_is_written_anew(aws: MotoAws) -> None:
    first = memories(aws)
    first.load()
    first.save(SOMETHING, NOW)
    aws.client("dynamodb").delete_item(TableName=OPS_TABLE, Key=KEY)
    again = memories(aws)
    assert again.load() == Remembered()
    assert again.save(SOMETHING, NOW)


@pytest.mark.parametrize(
    "attributes",
    [
        {"version": {"N": "7"}, "state": {"S": "{not JSON"}},
        {"version": {"N": "7"}, "state": {"S": '{"memory": {"required": 3}, "wake_at": 5}'}},
        {"version": {"N": "7"}, "state": {"N": "5"}},
        {"version": {"S": "seven"}, "state": {"S": "{}"}},
        {"state": {"S": "[]"}},
        {},
    ],
)
def test_a_corrupt_item_is_forgotten_and_written_over(
    aws: MotoAws, attributes: dict[str, Any]
) -> None:
    put(aws, **attributes)
    broken = memories(aws)
    assert broken.load() == Remembered()
    assert broken.save(SOMETHING, NOW)
    assert memories(aws).load() == SOMETHING


def test_a_table_that_cannot_be_read_is_not_written_over(aws: MotoAws) -> None:
    nowhere = memories(aws, "no-such-table")
    assert nowhere.load() == Remembered()
    assert nowhere.save(SOMETHING, NOW) is False


def test_the_item_ends_by_itself_when_nobody_scales_any_more(aws: MotoAws) -> None:
    first = memories(aws)
    first.load()
    first.save(SOMETHING, NOW)
    item = aws.client("dynamodb").get_item(TableName=OPS_TABLE, Key=KEY)["Item"]
    assert int(item["expires_at"]["N"]) == int((NOW + timedelta(days=30)).timestamp())


def test_people_can_read_the_last_ten_reasons_of_its_ticks(aws: MotoAws) -> None:
    # GIVEN twelve ticks, the last two of them for the same reason
    for minute in range(12):
        tick = memories(aws)
        tick.load()
        at = NOW + timedelta(minutes=minute)
        tick.save(Remembered(reason=f"{min(minute, 10)} tasks"), at)
    # WHEN somebody asks
    board = read_board(aws.client("dynamodb"), OPS_TABLE, NOW)
    (found,) = board.of(Part.SCALING, "jiki-api-solid-queue")
    # THEN the newest says how it is now, and each reason since when
    assert (found.text, found.at) == ("10 tasks", NOW + timedelta(minutes=11))
    assert len(found.recent) == 10
    assert found.recent[0] == (NOW + timedelta(minutes=10), "10 tasks")
    assert found.recent[-1] == (NOW + timedelta(minutes=1), "1 tasks")
