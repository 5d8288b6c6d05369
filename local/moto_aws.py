"""AWS for tests in one process: moto's server, with Jiki's secret and table in it."""

import io
import json
import logging
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

SECRET, CONFIG_TABLE, OPS_TABLE = "config", "config", "jiki-ops"  # a name
TEMPORARY_PASSWORD = "temporary-change-me-immediately"  # noqa: S105  # Jiki's, until rotated
# Jiki's keys; those that resemble a real service's are made up.
SECRET_CONTENT: Mapping[str, str] = {
    "secret_key_base": "5ec2e7" * 20,
    "aurora_password": TEMPORARY_PASSWORD,
    "hmac_secret": "b5a1" * 8,
    "jwt_secret": 'quotes " and \\ backslashes, ümlauts and 🦊',
    "google_api_key": "made-up-google",
    "elevenlabs_api_key": "made-up-elevenlabs",
    "heygen_api_key": "made-up-heygen",
    "stripe_secret_key": "made-up-stripe",
    "stripe_webhook_secret": "made-up-webhook",
    "r2_access_key_id": "made-up-r2-id",
    "r2_secret_access_key": "made-up-r2-secret",
    "google_oauth_client_id": "made-up-client",
    "google_oauth_client_secret": "made-up-client-secret",
}
CONFIG_ITEMS: Mapping[str, str] = {
    "aurora_endpoint": "jiki-production.cluster-abc.eu-west-1.rds.amazonaws.com",
    "aurora_port": "5432",
    "aurora_database_name": "jiki_production",
    "frontend_base_url": "https://jiki.io",
    "r2_account_id": "0a1b2c3d",
    "assets_cdn_url": "https://assets.jiki.io",
    "stripe_publishable_key": "placeholder",
    "stripe_premium_price_id": "placeholder",
    "stripe_max_price_id": "placeholder",
}
SCHEDULE_GROUP = "jiki-ops"
SCHEDULES: Mapping[str, str] = {
    "SCHEDULE_GROUP": SCHEDULE_GROUP,
    "SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/jiki-ops-one-time-schedules",
    "SCHEDULE_TARGET_ARN": "arn:aws:sqs:eu-west-1:123456789012:alerts",
}
"""What the template gives to a function that makes one-time schedules."""
_STUB, _EVENTS = "rotation-stub", "our-own-events"


class MotoAws:
    """One moto server; `reset` between tests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._clients: dict[str, Any] = {}
        # Of one session for good: a client is made when first asked for, and a test may have
        # put another session in the place of boto3's own by then.
        self._session = boto3.DEFAULT_SESSION or boto3.Session()

    @classmethod
    @contextmanager
    def start(cls) -> Iterator["MotoAws"]:
        """Serve until the block ends."""
        # Each request, and a traceback for each operation that moto lacks.
        for name in ("werkzeug", "moto.server", "moto"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            aws = cls(f"http://{host}:{port}")
            # Otherwise moto wants Docker for the stub of `begin_rotation`.
            aws._post("/moto-api/config", {"lambda": {"use_docker": False}})
            yield aws
        finally:
            server.stop()

    def client(self, service: str) -> Any:
        """A boto3 client at moto, whatever the environment says of endpoints."""
        if service not in self._clients:
            name: Any = service  # boto3's type stubs want a literal
            self._clients[service] = self._session.client(
                name,
                endpoint_url=self.url,
                region_name="eu-west-1",
                aws_access_key_id="testing",
                aws_secret_access_key="testing",  # noqa: S106  # nobody's
            )
        return self._clients[service]

    def reset(self) -> None:
        """Forget everything, then lay down Jiki's secret and tables, and a queue of events.

        In few calls, as each takes 9 ms and most integration tests begin with them.
        """
        self._post("/moto-api/reset", {})
        content = json.dumps(SECRET_CONTENT)
        self.client("secretsmanager").create_secret(Name=SECRET, SecretString=content)
        for table in (CONFIG_TABLE, OPS_TABLE):
            self.client("dynamodb").create_table(
                TableName=table,
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            )
        self.put_config(**CONFIG_ITEMS)
        self.client("scheduler").create_schedule_group(Name=SCHEDULE_GROUP)
        self._collect_events()

    def put_config(self, **items: str) -> None:
        """Set items of the app's table."""
        puts = [
            {"PutRequest": {"Item": {"id": {"S": key}, "value": {"S": value}}}}
            for key, value in items.items()
        ]
        self.client("dynamodb").batch_write_item(RequestItems={CONFIG_TABLE: puts})

    def secret(self, stage: str = "AWSCURRENT") -> Any:
        """The content of the app's secret at a stage, with its keys in order."""
        version = self.client("secretsmanager").get_secret_value(
            SecretId=SECRET, VersionStage=stage
        )
        return json.loads(version["SecretString"])

    def stages(self) -> dict[str, list[str]]:
        """The staging labels of the app's secret, by version."""
        described = self.client("secretsmanager").describe_secret(SecretId=SECRET)
        stages: dict[str, list[str]] = described["VersionIdsToStages"]
        return stages

    def begin_rotation(self, token: str) -> str:
        """Leave the secret as AWS leaves it before createSecret; its ARN.

        The new version `token` is labelled AWSPENDING and has no value yet.
        """
        functions, iam = self.client("lambda"), self.client("iam")
        known = {item["FunctionName"] for item in functions.list_functions()["Functions"]}
        if _STUB not in known:
            trust = {"Version": "2012-10-17", "Statement": []}
            role = iam.create_role(RoleName=_STUB, AssumeRolePolicyDocument=json.dumps(trust))
            functions.create_function(
                FunctionName=_STUB,
                Runtime="python3.13",
                Role=role["Role"]["Arn"],
                Handler="stub.handler",
                Code={"ZipFile": _empty_package()},
            )
        arn: str = self.client("secretsmanager").rotate_secret(
            SecretId=SECRET,
            ClientRequestToken=token,
            RotationLambdaARN=f"arn:aws:lambda:eu-west-1:123456789012:function:{_STUB}",
            RotationRules={"AutomaticallyAfterDays": 30},
        )["ARN"]
        return arn

    def published_events(self) -> list[dict[str, Any]]:
        """The events of our own that were put on the default bus, each shown once."""
        queue, events = self.client("sqs"), []
        url = queue.get_queue_url(QueueName=_EVENTS)["QueueUrl"]
        while batch := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                events.append(json.loads(message["Body"]))
                queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return events

    def _collect_events(self) -> None:
        self.client("sqs").create_queue(QueueName=_EVENTS)
        pattern = json.dumps({"source": ["jiki.ops"]})
        target = {"Id": "queue", "Arn": f"arn:aws:sqs:eu-west-1:123456789012:{_EVENTS}"}
        self.client("events").put_rule(Name=_EVENTS, EventPattern=pattern)
        self.client("events").put_targets(Rule=_EVENTS, Targets=[target])

    def _post(self, path: str, content: Any) -> None:
        request = urllib.request.Request(  # noqa: S310  # our own http URL
            self.url + path,
            json.dumps(content).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310  # as above
            pass


def _empty_package() -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("stub.py", "")
    return package.getvalue()
