"""Another company: its own names, two environments, three worker services, by parameters alone.

Its app reads a DATABASE_URL from a secret and has no config table; Slack is an incoming webhook.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from local import deploy, endpoints
from local.database_login import connect
from local.ecs import EcsStandIn
from local.ministack import MiniStack
from local.postgres import MASTER_USER, PostgresServer
from local.slack import SlackStandIn
from ops_common.database_url import DatabaseUrl
from ops_common.ops_events import SOURCE
from ops_common.query_database import DatabaseAddress, Login
from paths import ROOT

SECRET, WEBHOOK = "acme/app", "/acme/slack-webhook"
SERVICES = {
    "WebServices": "store,admin",
    "WorkerServices": "mail,search,import",
    "OtherServices": "cron",
}
NAMES = ",".join(SERVICES.values()).split(",")
PRODUCTION, STAGING = "acme-ops", "acme-ops-staging"
FIRST_PASSWORD = "first-password"
PARAMETERS = {
    "EnvironmentName": "production",
    "VpcId": "vpc-00000001",
    "SubnetIds": "subnet-00000001,subnet-00000002",
    "DatabaseCidr": "10.7.0.0/16",
    "ConfigSecretId": SECRET,
    "PasswordKey": "DATABASE_URL",
    "EcsCluster": "acme-shop",
    **SERVICES,
    "SlackToken": WEBHOOK,
    "AlarmFilter": "prefix:shop-production-",
    # The emulator has no rotation schedule.
    "RotationSchedule": "",
}
ALERTS_ALONE = {
    "EnvironmentName": "staging",
    "Rotation": "false",
    "Scaling": "false",
    "Probes": "false",
    "AlarmFilter": "prefix:shop-staging-",
}


@dataclass
class Company:
    """Its account, with both stacks in it."""

    emulator: MiniStack
    postgres: PostgresServer
    ecs: EcsStandIn
    slack: SlackStandIn
    outputs: dict[str, dict[str, str]]
    inboxes: dict[str, str]

    def invoke(self, function: str, payload: Any) -> Any:
        """The answer of one of production's functions."""
        response = self.emulator.client("lambda").invoke(
            FunctionName=self.outputs[PRODUCTION][f"{function}Function"],
            Payload=json.dumps(payload),
        )
        answer = json.loads(response["Payload"].read())
        assert "FunctionError" not in response, answer
        return answer

    def secret(self) -> dict[str, str]:
        """The app's secret as it stands."""
        value = self.emulator.client("secretsmanager").get_secret_value(
            SecretId=SECRET, VersionStage="AWSCURRENT"
        )
        content: dict[str, str] = json.loads(value["SecretString"])
        return content

    def put(self, source: str, kind: str, detail: dict[str, Any]) -> None:
        """Put an event on the account's bus."""
        entry = {"Source": source, "DetailType": kind, "Detail": json.dumps(detail)}
        answer = self.emulator.client("events").put_events(Entries=[entry])
        assert not answer["FailedEntryCount"]

    def notified(self, stack: str) -> list[str]:
        """What the subscriber of a stack's topic got since the last question."""
        queue, found = self.emulator.client("sqs"), []
        while batch := queue.receive_message(
            QueueUrl=self.inboxes[stack], MaxNumberOfMessages=10
        ).get("Messages"):
            for message in batch:
                found.append(message["Body"])
                queue.delete_message(
                    QueueUrl=self.inboxes[stack], ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    def hears(self, stack: str, text: str, seconds: float = 30) -> bool:
        """Whether a notification with the text arrives within the time."""
        return wait_for(lambda: any(text in each for each in self.notified(stack)), seconds)


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("acme")
    deploy.build(folder)
    with ExitStack() as stack:
        emulator = stack.enter_context(MiniStack.start())
        postgres = stack.enter_context(PostgresServer.start())
        ecs = EcsStandIn(cluster="acme-shop", start_delay_seconds=0.2, stop_delay_seconds=0.1)
        stack.enter_context(ecs.start())
        slack = stack.enter_context(SlackStandIn().start())
        seed(emulator, postgres, slack)
        for name in NAMES:
            ecs.create_service(name, desired=1, tag="0" * 40)
        addresses = {
            endpoints.AWS: emulator.url,
            endpoints.ECS: ecs.url,
            endpoints.SLACK: slack.url,
            endpoints.DATABASE_CA: postgres.ca_certificate,
        }
        both = ((PRODUCTION, PARAMETERS), (STAGING, ALERTS_ALONE))
        outputs = {
            name: deploy.deploy(emulator, folder, parameters, stack_name=name, endpoints=addresses)
            for name, parameters in both
        }
        inboxes = {name: subscribed(emulator, name, outputs[name]) for name, _ in both}
        yield Company(emulator, postgres, ecs, slack, outputs, inboxes)


def seed(emulator: MiniStack, postgres: PostgresServer, slack: SlackStandIn) -> None:
    """The company's database, secret, webhook and logs."""
    postgres.create_database("acme_shop", FIRST_PASSWORD)
    address = DatabaseAddress(postgres.host, postgres.port, "acme_shop")
    schema = (ROOT / "local" / "solid_queue" / "schema.sql").read_text()
    login = Login(address, MASTER_USER, FIRST_PASSWORD)
    with connect(login, postgres.ca_certificate) as session:
        session.execute(schema)
    place = f"{postgres.host}:{postgres.port}/acme_shop?sslmode=verify-full"
    content = {
        "RAILS_MASTER_KEY": "kept",
        "DATABASE_URL": f"postgres://{MASTER_USER}:{FIRST_PASSWORD}@{place}",
    }
    emulator.client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(content))
    emulator.client("ssm").put_parameter(Name=WEBHOOK, Value=slack.webhook_url, Type="SecureString")
    for name in NAMES:
        emulator.client("logs").create_log_group(logGroupName=f"/ecs/{name}")


def subscribed(emulator: MiniStack, name: str, outputs: dict[str, str]) -> str:
    queue = emulator.client("sqs")
    inbox: str = queue.create_queue(QueueName=f"inbox-{name}")["QueueUrl"]
    arn = queue.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])
    emulator.client("sns").subscribe(
        TopicArn=outputs["AlertTopicArn"], Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"]
    )
    return inbox


def test_staging_has_alerts_and_nothing_else(company: Company) -> None:
    functions = company.emulator.client("lambda").list_functions()["Functions"]
    names = {each["FunctionName"] for each in functions}
    assert {name for name in names if name.startswith(f"{STAGING}-")} == {f"{STAGING}-send-alerts"}
    assert f"{PRODUCTION}-rotate-password" in names


def test_a_rotation_changes_the_password_in_the_url_and_redeploys_every_reader(
    company: Company,
) -> None:
    before, old = company.secret(), DatabaseUrl.parse(company.secret()["DATABASE_URL"])
    deployments = {name: company.ecs.service(name).primary.id for name in NAMES}
    token = str(uuid.uuid4())
    arn = company.emulator.client("secretsmanager").put_secret_value(
        SecretId=SECRET, ClientRequestToken=token, VersionStages=["AWSPENDING"]
    )["ARN"]
    for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
        event = {"SecretId": arn, "ClientRequestToken": token, "Step": step}
        company.invoke("RotatePassword", event)
    content = company.secret()
    new = DatabaseUrl.parse(content["DATABASE_URL"])
    # THEN the password is another one within the URL, and nothing else is
    assert new.password != old.password
    expected = before | {"DATABASE_URL": old.with_credentials(old.user, new.password)}
    assert content == expected
    address = DatabaseAddress(new.host, new.port, new.name)
    connect(Login(address, new.user, new.password), company.postgres.ca_certificate).close()
    # AND all six services have got a new deployment
    assert {
        name for name in NAMES if company.ecs.service(name).primary.id != deployments[name]
    } == (set(NAMES))


def test_the_queue_is_measured_by_the_url_s_login(company: Company) -> None:
    assert company.invoke("ScaleWorkers", {})["measured"]


def test_each_stack_gets_its_own_events_and_alarms(company: Company) -> None:
    alarm = json.loads((ROOT / "events" / "alerts" / "alarm_metric.json").read_text())
    own = json.loads((ROOT / "events" / "alerts" / "own_scaler_at_limit.json").read_text())
    for environment, stack in (("production", PRODUCTION), ("staging", STAGING)):
        name = f"shop-{environment}-errors"
        company.put("aws.cloudwatch", alarm["detail-type"], alarm["detail"] | {"alarmName": name})
        title = f"at the limit in {environment}"
        detail = own["detail"] | {"stack": stack, "environment": environment, "title": title}
        company.put(SOURCE, own["detail-type"], detail)
    texts: dict[str, list[str]] = {PRODUCTION: [], STAGING: []}

    def all_there() -> bool:
        for stack, found in texts.items():
            found += company.notified(stack)
        return all(len(found) >= 2 for found in texts.values())

    assert wait_for(all_there, 60), texts
    time.sleep(2)
    all_there()
    for environment, stack in (("production", PRODUCTION), ("staging", STAGING)):
        heard = "\n".join(texts[stack])
        other = "staging" if environment == "production" else "production"
        assert f"shop-{environment}-errors" in heard
        assert f"at the limit in {environment}" in heard
        assert f"shop-{other}-errors" not in heard
        assert f"at the limit in {other}" not in heard


def test_the_webhook_is_enough_for_slack(company: Company) -> None:
    alarm = json.loads((ROOT / "events" / "alerts" / "alarm_metric.json").read_text())
    name = "shop-production-slow"
    company.put("aws.cloudwatch", alarm["detail-type"], alarm["detail"] | {"alarmName": name})
    assert wait_for(
        lambda: any(name in json.dumps(message.content) for message in company.slack.messages), 60
    )
