"""The operations table is tried for writing, and left as it is."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ops_common.table import check_writable


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        client.create_table(
            TableName="ops",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.mark.parametrize("items", [[], [{"id": {"S": "self-check"}, "nothing": {"S": "kept"}}]])
def test_trying_writes_nothing(dynamodb: Any, items: list[dict[str, Any]]) -> None:
    for item in items:
        dynamodb.put_item(TableName="ops", Item=item)
    check_writable(dynamodb, "ops")
    assert dynamodb.scan(TableName="ops")["Items"] == items


def test_a_table_that_is_not_there_is_an_error(dynamodb: Any) -> None:
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        check_writable(dynamodb, "elsewhere")
