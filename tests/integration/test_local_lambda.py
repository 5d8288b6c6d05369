"""The Lambda endpoint and moto's AWS, as the other tests rely on them."""

import json
import uuid
from typing import Any

import boto3
import pytest

from local.lambda_endpoint import LambdaEndpoint
from local.moto_aws import SECRET, MotoAws
from ops_common.aws import client
from ops_common.database_cause import DatabaseCause
from ops_common.query_database import DatabaseError, LambdaQueryDatabase

FUNCTION = "jiki-ops-query-database"


def test_asks_the_real_function_and_the_real_database(
    lambda_endpoint: LambdaEndpoint, database: Any
) -> None:
    answer = LambdaQueryDatabase(client("lambda"), FUNCTION).ask("check_login", database.login)
    assert answer["session_user"] == "jiki"
    assert [item.invocation_type for item in lambda_endpoint.invocations] == ["RequestResponse"]


def test_an_exception_is_a_function_error(lambda_endpoint: LambdaEndpoint, database: Any) -> None:
    def crash(event: Any, context: Any) -> None:
        raise ZeroDivisionError("in the handler")

    lambda_endpoint.functions[FUNCTION] = crash
    with pytest.raises(DatabaseError) as caught:
        LambdaQueryDatabase(client("lambda"), FUNCTION).ask("check_login", database.login)
    assert caught.value.cause is DatabaseCause.CRASHED


def test_an_unknown_function_is_not_found(lambda_endpoint: LambdaEndpoint) -> None:
    lambda_client = client("lambda")
    with pytest.raises(lambda_client.exceptions.ResourceNotFoundException):
        lambda_client.invoke(FunctionName="another", Payload=b"{}")


def test_refuses_when_asked(lambda_endpoint: LambdaEndpoint) -> None:
    lambda_endpoint.functions["f"] = lambda event, context: event
    lambda_endpoint.refuse_next()
    # The first attempt is throttled; boto3 tries again by itself.
    answer = client("lambda").invoke(FunctionName="f", Payload=json.dumps({"a": 1}).encode())
    assert json.load(answer["Payload"]) == {"a": 1}


def test_lays_a_pending_version_as_aws_leaves_it(aws: MotoAws) -> None:
    before = aws.secret()
    token = str(uuid.uuid4())
    arn = aws.begin_rotation(token)
    secrets = boto3.client("secretsmanager")
    described = secrets.describe_secret(SecretId=arn)
    assert described["RotationEnabled"]
    assert described["VersionIdsToStages"][token] == ["AWSPENDING"]
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
    assert aws.secret() == before
    assert arn.rpartition("-")[0].endswith(f":secret:{SECRET}")


def test_shows_our_own_events_and_no_others(aws: MotoAws) -> None:
    entry = {"DetailType": "PasswordRotated", "Detail": "{}"}
    boto3.client("events").put_events(
        Entries=[{"Source": "jiki.ops", **entry}, {"Source": "another", **entry}]
    )
    (event,) = aws.published_events()
    assert (event["source"], event["detail-type"]) == ("jiki.ops", "PasswordRotated")
    assert aws.published_events() == []


def test_the_table_names_the_database_of_the_test(aws: MotoAws, database: Any) -> None:
    item = boto3.client("dynamodb").get_item(TableName="config", Key={"id": {"S": "aurora_port"}})[
        "Item"
    ]
    assert item["value"]["S"] == str(database.address.port)
