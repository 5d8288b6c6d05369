"""What is in Jiki's account before jiki-ops comes: database, secret, table, Slack token, logs."""

import json

from local.database_login import connect
from local.ministack import MiniStack
from local.moto_aws import CONFIG_ITEMS, CONFIG_TABLE, SECRET, SECRET_CONTENT, TEMPORARY_PASSWORD
from local.postgres import MASTER_USER, PostgresServer
from local.slack.requests import SIGNING_SECRET
from ops_common.query_database import DatabaseAddress, Login
from paths import ROOT

DATABASE = "jiki_production"
WEB_SERVICE, WORKER_SERVICE = "jiki-api-web", "jiki-api-solid-queue"
SLACK_TOKEN_PARAMETER = "/jiki-ops/slack-token"  # noqa: S105  # a name
SIGNING_SECRET_PARAMETER = "/jiki-ops/slack-signing-secret"  # noqa: S105  # a name


def seed(
    emulator: MiniStack, postgres: PostgresServer, address: DatabaseAddress, slack_token: str
) -> None:
    """Lay all of it down, in an empty emulator and an empty server."""
    postgres.create_database(address.name, TEMPORARY_PASSWORD)
    schema = (ROOT / "local" / "solid_queue" / "schema.sql").read_text()
    login = Login(address, MASTER_USER, TEMPORARY_PASSWORD)
    with connect(login, postgres.ca_certificate) as session:
        session.execute(schema)
    emulator.client("secretsmanager").create_secret(
        Name=SECRET, SecretString=json.dumps(SECRET_CONTENT)
    )
    table = emulator.client("dynamodb")
    table.create_table(
        TableName=CONFIG_TABLE,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    place = {
        "aurora_endpoint": address.host,
        "aurora_port": str(address.port),
        "aurora_database_name": address.name,
    }
    for key, value in {**CONFIG_ITEMS, **place}.items():
        table.put_item(TableName=CONFIG_TABLE, Item={"id": {"S": key}, "value": {"S": value}})
    for service in (WEB_SERVICE, WORKER_SERVICE):
        emulator.client("logs").create_log_group(logGroupName=f"/ecs/{service}")
    emulator.client("ssm").put_parameter(
        Name=SLACK_TOKEN_PARAMETER, Value=slack_token, Type="SecureString"
    )
    emulator.client("ssm").put_parameter(
        Name=SIGNING_SECRET_PARAMETER, Value=SIGNING_SECRET, Type="SecureString"
    )
