"""A rehearsal on a real server: each cause alone, where it is found, and whether it stops."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from cli.rotation import exit_code
from local.ecs.server import CLUSTER
from local.moto_aws import TEMPORARY_PASSWORD
from rotate_password.words.cause import Cause
from tests.integration.rotate_password.conftest import SERVICES, Rotation, refused

type Arrange = Callable[[Rotation], None]


def sql(statement: str) -> Arrange:
    """Somebody runs that as a superuser."""
    return lambda rotation: rotation.database.admin.execute(statement.encode()) and None


def key(**changes: Any) -> Arrange:
    """Somebody puts that into the secret."""
    return lambda rotation: rotation.edit(**changes)


def reads(service: str, suffix: str) -> Arrange:
    """A service's task definition takes the secret's key of that suffix."""

    def arrange(rotation: Rotation) -> None:
        if service not in SERVICES:
            rotation.ecs.create_service(service, desired=1, tag="0" * 40)
        arn = rotation.aws.client("secretsmanager").describe_secret(SecretId="config")["ARN"]
        definitions = rotation.ecs.engine.definitions[service]
        secrets = (("DATABASE_PASSWORD", f"{arn}:{suffix}"),)
        definitions[-1] = replace(definitions[-1], secrets=secrets)

    return arrange


def rolling_out(rotation: Rotation) -> None:
    """Somebody deploys, and the new tasks take their time."""
    rotation.ecs.engine.start_delay = timedelta(hours=1)
    ecs = boto3.client("ecs", endpoint_url=rotation.ecs.url)
    ecs.update_service(cluster=CLUSTER, service=SERVICES[0], forceNewDeployment=True)


def failed_rollout(rotation: Rotation) -> None:
    """The last deployment has failed."""
    rotation.ecs.engine.services[SERVICES[0]].primary.rollout_state = "FAILED"


ONE_USER: dict[str, tuple[Arrange, str, str]] = {
    "a copy under another key": (key(queue_password=TEMPORARY_PASSWORD), "copies", "stop"),
    "a copy in a URL": (
        key(database_url=f"postgres://jiki:{TEMPORARY_PASSWORD}@db/jiki"),
        "copies",
        "stop",
    ),
    "a secret that is full": (key(note="x" * 64_940), "secret", "stop"),
    "a secret that is nearly full": (key(note="x" * 62_000), "secret", "note"),
    "a role whose passwords end soon": (
        sql("ALTER ROLE jiki VALID UNTIL 'tomorrow'"),
        "user",
        "note",
    ),
    "a role that may not log in": (sql("ALTER ROLE jiki NOLOGIN"), "login", "stop"),
    "a mistyped password": (key(aurora_password="typed by hand"), "login", "note"),
    "a password that nobody knows": (sql("ALTER ROLE jiki PASSWORD 'other'"), "login", "stop"),
    "a deployment in progress": (rolling_out, "services", "stop"),
    "a deployment that has failed": (failed_rollout, "services", "stop"),
    "a service that reads it and isn't listed": (
        reads("console", "aurora_password::"),
        "readers",
        "stop",
    ),
    "a service that asks for one version": (reads(SERVICES[0], ":AWSPREVIOUS:"), "readers", "stop"),
}
TAKING_TURNS: dict[str, tuple[Arrange, str, str]] = {
    "an object": (sql("SET ROLE jiki; CREATE TABLE later (i int); RESET ROLE"), "turn", "note"),
    "a setting": (sql("ALTER ROLE jiki SET timezone TO 'Europe/Berlin'"), "turn", "note"),
    "a setting of a superuser": (
        sql("ALTER ROLE jiki SET log_statement TO 'none'"),
        "turn",
        "stop",
    ),
    "a grant by another": (
        sql("CREATE TABLE t (i int); GRANT SELECT ON t TO jiki"),
        "turn",
        "stop",
    ),
    "a policy by the user's name": (
        sql(
            "CREATE TABLE t (who text); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
            " CREATE POLICY p ON t USING (who = current_user)"
        ),
        "turn",
        "stop",
    ),
    "a partner whose passwords have ended": (
        sql("ALTER ROLE jiki_a VALID UNTIL 'yesterday'"),
        "user",
        "stop",
    ),
    "a partner that may not log in": (sql("ALTER ROLE jiki_a NOLOGIN"), "user", "stop"),
}


def rehearse(rotation: Rotation) -> set[tuple[str, str]]:
    """Check and level of what is not well; every stop has a remedy and keeps from rotating."""
    before = rotation.aws.stages()
    answer = rotation.step("rehearse")
    found = {(each["check"], each["level"]) for each in answer["findings"] if each["level"] != "ok"}
    stops = [each for each in answer["findings"] if each["level"] == "stop"]
    assert all(each["remedy"] for each in stops)
    assert (answer["mayRotate"], exit_code(answer)) == ((False, 1) if stops else (True, 0))
    assert before == rotation.aws.stages()
    assert rotation.aws.published_events() == []
    return found


@pytest.mark.parametrize("what", ONE_USER)
def test_what_would_break_with_one_user(what: str, rotation: Rotation) -> None:
    assert rehearse(rotation) == set()
    arrange, check, level = ONE_USER[what]
    arrange(rotation)

    assert rehearse(rotation) == {(check, level)}


@pytest.mark.every_postgres
@pytest.mark.parametrize("what", TAKING_TURNS)
def test_what_would_break_at_the_first_turn(what: str, rotation: Rotation) -> None:
    rotation.alternate()
    assert rehearse(rotation) == set()
    arrange, check, level = TAKING_TURNS[what]
    arrange(rotation)

    assert rehearse(rotation) == {(check, level)}


def test_a_copy_without_its_user_is_noted_where_the_user_changes(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD_COPIES", "queue_password")
    rotation.edit(queue_password=TEMPORARY_PASSWORD)
    assert rehearse(rotation) == set()

    rotation.alternate()

    assert rehearse(rotation) == {("copies", "note")}


def test_tasks_from_before_the_last_rotation_are_noted(rotation: Rotation) -> None:
    rotation.rotate()
    rotation.wait_for_rollouts()
    rotation.aws.published_events()
    services = rotation.ecs.engine.services

    def start(name: str, hours: int) -> None:
        for task in services[name].tasks:
            task.started_at = task.started_at and task.started_at + timedelta(hours=hours)

    start(SERVICES[0], 1)
    start(SERVICES[1], 1)
    assert rehearse(rotation) == set()

    start(SERVICES[0], -24)
    assert rehearse(rotation) == {("services", "note")}


@pytest.fixture
def by_codedeploy() -> Iterator[None]:
    """ECS's answer for a service that CodeDeploy deploys: its deployments are empty."""

    def answer(parsed: dict[str, Any], **_: Any) -> None:
        for service in parsed.get("services", []):
            if service["serviceName"] == SERVICES[0]:
                service |= {"deploymentController": {"type": "CODE_DEPLOY"}, "deployments": []}

    assert boto3.DEFAULT_SESSION
    events = boto3.DEFAULT_SESSION.events
    events.register("after-call.ecs.DescribeServices", answer)
    yield
    events.unregister("after-call.ecs.DescribeServices", answer)


@pytest.mark.usefixtures("by_codedeploy")
def test_a_controller_that_can_not_be_forced_stops(rotation: Rotation) -> None:
    assert rehearse(rotation) == {("services", "stop")}

    token = rotation.begin()
    with refused(Cause.NOT_DEPLOYABLE):
        rotation.step("create_secret", token)


def test_a_password_that_amazon_rds_manages_stops(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_CLUSTER_ID", "jiki-production")
    rotation.aws.client("rds").create_db_cluster(
        DBClusterIdentifier="jiki-production",
        Engine="aurora-postgresql",
        MasterUsername="jiki",
        ManageMasterUserPassword=True,
    )

    assert rehearse(rotation) == {("user", "stop")}
