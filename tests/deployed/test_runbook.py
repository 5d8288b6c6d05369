"""Every command of the runbook, in this stack's names, typed into a shell; and what it changed."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from itertools import groupby

import psycopg
import pytest

from cli.environment import Target
from cli.runbook import PAGE, personal
from local.account import WEB_SERVICE, WORKER_SERVICE
from local.database_login import connect
from local.moto_aws import SECRET
from local.playground import open_alarm
from local.start_world import NETWORK
from local.transform import example
from local.world import World
from ops_common.on_call.board import read_board
from ops_common.scaling_hold import Holds
from paths import ROOT
from tests.deployed.runbook import ENVIRONMENT, Command, Shell, commands

TARGET = Target(ENVIRONMENT, "jiki-ops-local", "eu-west-1", None, example() | NETWORK)
# What is not typed here, by its beginning, and why.
NOT_RUN = {
    "make deploy ": "would deploy the template without the stand-ins' addresses in it; "
    "tests/deployed/test_lifecycle.py deploys",
    "aws cloudtrail ": "the emulator has neither CloudTrail nor auto-scaling",
    "failed = SolidQueue::": "Ruby, in the app's console: there is no Rails here",
}
# Half of the commands ask for a verdict, and the emulator's account is not ready for production.
VERDICTS = ("make probe", "make doctor", "make rehearse")
REFERENCE = "1f0a2b3c"

type Values = dict[str, str]
type Scene = Callable[[World, Values], AbstractContextManager[None]]


def typed(page: str) -> list[Command]:
    """Each command once, where it stands first."""
    found: dict[str, Command] = {}
    for command in commands(page):
        found.setdefault(command.text.strip(), command)
    return list(found.values())


COMMANDS = typed(personal(PAGE.read_text(), TARGET))
SECTIONS = {
    name: list(found) for name, found in groupby(COMMANDS, key=lambda command: command.section)
}


@pytest.fixture(scope="module")
def shell(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    world.client("rds").create_db_cluster(
        DBClusterIdentifier="jiki-production",
        Engine="aurora-postgresql",
        MasterUsername="jiki",
        MasterUserPassword="not-asked-here",
    )
    yield Shell.of(world, tmp_path_factory.mktemp("runbook"))
    # A hold that a section left would go on scaling under the tests that come after.
    Holds(world.client("dynamodb"), world.outputs["OpsTableName"]).remove(WORKER_SERVICE)
    world.client("ecs").update_service(
        cluster=world.ecs.cluster, service=WORKER_SERVICE, desiredCount=1
    )
    assert world.settle()


def versions(world: World) -> dict[str, str]:
    """The secret's version at each label."""
    described = world.client("secretsmanager").describe_secret(SecretId=SECRET)
    return {
        label: version
        for version, labels in described["VersionIdsToStages"].items()
        for label in labels
    }


@contextmanager
def password_changes(world: World, values: Values) -> Iterator[None]:
    assert world.settle()
    before = world.login()
    yield
    assert world.accepts(world.login())
    assert not world.accepts(before)


@contextmanager
def unlabelled_version(world: World, values: Values) -> Iterator[None]:
    """The valid password is in a version that has lost its labels."""
    world.settle()
    secrets = world.client("secretsmanager")
    values["VERSION"] = versions(world)["AWSCURRENT"]
    values["DatabaseClusterId=CLUSTER"] = "DatabaseClusterId=jiki-production"
    lost = json.dumps(world.secret() | {"aurora_password": "saved-by-mistake"})
    secrets.put_secret_value(SecretId=SECRET, SecretString=lost)
    for label, version in versions(world).items():
        if label != "AWSCURRENT":
            secrets.update_secret_version_stage(
                SecretId=SECRET, VersionStage=label, RemoveFromVersionId=version
            )
    assert not world.accepts(world.login())
    yield
    assert world.accepts(world.login())


@contextmanager
def version_before(world: World, values: Values) -> Iterator[None]:
    world.settle()
    secrets = world.client("secretsmanager")
    before = json.dumps(world.secret() | {"hmac_secret": "before"})
    secrets.put_secret_value(SecretId=SECRET, SecretString=before)
    secrets.put_secret_value(SecretId=SECRET, SecretString=json.dumps(world.secret()))
    labels = versions(world)
    values |= {"CURRENT": labels["AWSCURRENT"], "PREVIOUS": labels["AWSPREVIOUS"]}
    deployments = [world.ecs.service(one).primary.id for one in (WEB_SERVICE, WORKER_SERVICE)]
    yield
    labels = versions(world)
    assert labels["AWSCURRENT"] == values["PREVIOUS"]
    for name, deployment in zip((WEB_SERVICE, WORKER_SERVICE), deployments, strict=True):
        assert world.ecs.service(name).primary.id != deployment


@contextmanager
def hold(world: World, values: Values) -> Iterator[None]:
    yield
    holds = Holds(world.client("dynamodb"), world.outputs["OpsTableName"])
    assert holds.get(WORKER_SERVICE, datetime.now(UTC)) is None


def deployed(service: str) -> Scene:
    @contextmanager
    def scene(world: World, values: Values) -> Iterator[None]:
        world.settle()
        tasks = world.ecs.running_tasks(service)
        values["TASK"] = tasks[0].id
        before = world.ecs.service(service).primary.id
        yield
        assert world.ecs.service(service).primary.id != before

    return scene


def task_of(service: str, *, stopped: bool = False) -> Scene:
    @contextmanager
    def scene(world: World, values: Values) -> Iterator[None]:
        world.settle()
        task = world.ecs.running_tasks(service)[0]
        values["TASK"] = task.id
        yield
        assert task.wanted != stopped

    return scene


def stopped_task(service: str) -> Scene:
    """One has stopped, which ECS still lists."""

    @contextmanager
    def scene(world: World, values: Values) -> Iterator[None]:
        world.settle()
        task = world.ecs.running_tasks(service)[0].id
        world.client("ecs").stop_task(cluster=world.ecs.cluster, task=task)
        yield
        assert world.settle()

    return scene


@contextmanager
def open_incident(world: World, values: Values) -> Iterator[None]:
    """An alarm goes off; closing it ends it."""
    event = json.loads((ROOT / "events/alerts/alarm_metric.json").read_text())
    alarm = event["detail"]["alarmName"]

    def is_open() -> bool:
        board = read_board(
            world.client("dynamodb"), world.outputs["OpsTableName"], datetime.now(UTC)
        )
        found = [one for one in board.open if one.name == alarm]
        for one in found:
            values[REFERENCE] = one.reference
        return bool(found)

    open_alarm(world)
    assert world.wait_for(is_open, 60)
    yield
    assert world.wait_for(lambda: not is_open(), 60)


@contextmanager
def version_that_passed(world: World, values: Values) -> Iterator[None]:
    """A newer task definition runs than that of the last deployment that passed."""
    world.settle()
    service = world.ecs.service(WEB_SERVICE)
    older = service.primary.definition
    newer = world.ecs.register_task_definition(WEB_SERVICE, "f" * 40)
    world.client("ecs").update_service(
        cluster=world.ecs.cluster, service=WEB_SERVICE, taskDefinition=newer.arn
    )
    item = {"id": {"S": f"probe#passed#{WEB_SERVICE}"}, "task_definition": {"S": older.arn}}
    world.client("dynamodb").put_item(TableName=world.outputs["OpsTableName"], Item=item)
    yield
    assert service.primary.definition == older


@contextmanager
def dead_letter(world: World, values: Values) -> Iterator[None]:
    sqs, dead = world.client("sqs"), world.outputs["AlertDeadLetterQueueUrl"]
    event = json.loads((ROOT / "events/alerts/alarm_metric.json").read_text())
    event["detail"]["alarmName"] = "from-the-dead-letters"
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(event))
    yield
    assert world.wait_for(
        lambda: any("from-the-dead-letters" in str(one.content) for one in world.slack.messages)
    )


SCENES: dict[str, Scene] = {
    "Rotate now": password_changes,
    "The password is lost (PasswordLost)": unlabelled_version,
    "Go back": version_before,
    "Set the count by hand": hold,
    "WorkersDead": deployed(WORKER_SERVICE),
    "WorkersMissing": stopped_task(WORKER_SERVICE),
    "A job was broken at a scale-in": task_of(WORKER_SERVICE),
    "A deployment failed its probe (DeploymentProbed)": open_incident,
    "Go back to the last good version": version_that_passed,
    "Login refused": deployed(WEB_SERVICE),
    "A service fails": stopped_task(WEB_SERVICE),
    "Balancer errors": stopped_task(WEB_SERVICE),
    "Unhealthy targets": task_of(WEB_SERVICE, stopped=True),
    "ForeignWorkers": open_incident,
    "An event of an AWS service": open_incident,
    "Alerts in the dead-letter queue": dead_letter,
}


def filled(text: str, values: Values) -> str:
    """The command with what a person would put in for the words in capitals."""
    for word, value in values.items():
        text = re.sub(rf"\b{word}\b", value, text)
    for beginning in NOT_RUN:
        text = text.partition(f" && {beginning}")[0]
    return text


@pytest.mark.parametrize("section", [name for name in SECTIONS if name])
def test_the_commands_of_a_section_do_what_it_says(
    world: World, shell: Shell, section: str
) -> None:
    found = [one for one in SECTIONS[section] if not one.text.startswith(tuple(NOT_RUN))]
    values: Values = {}
    with SCENES.get(section, lambda world, values: nullcontext())(world, values):
        typed = [filled(one.text, values) for one in found if one.language == "sh"]
        printed, errors, failed = shell.run(typed, typed="another-password\n")
        assert [one for one in failed if not one.startswith(VERDICTS)] == [], printed + errors
        for statement in (one.text for one in found if one.language == "sql"):
            with connect(world.login(), world.postgres.ca_certificate) as session:
                assert session.execute(psycopg.sql.SQL(statement)).fetchall()
    for word in ("Traceback", "No verdict", "No answer"):
        # Not in what is printed: a log may hold the tracebacks of other tests.
        assert word not in errors


def test_every_exception_and_every_scene_is_of_the_page() -> None:
    texts = [command.text for command in COMMANDS]
    assert all(any(one.startswith(each) for one in texts) for each in NOT_RUN)
    assert set(SCENES) <= set(SECTIONS)
    assert len(COMMANDS) > 50
