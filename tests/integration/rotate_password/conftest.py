"""The rotation as it runs: our handlers, moto, the ECS stand-in in real time, a real server."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import replace
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from local.ecs import EcsStandIn
from local.lambda_endpoint import Context, LambdaEndpoint
from local.moto_aws import SECRET, MotoAws
from query_database.app import handler as query_database
from rotate_password.app import handler
from rotate_password.failure import StepFailed
from rotate_password.words.cause import Cause
from tests.conftest import Database

SERVICES = ("jiki-api-web", "jiki-api-solid-queue")
STEPS = ("create_secret", "set_secret", "test_secret", "finish_secret")


@contextmanager
def refused(cause: Cause) -> Iterator[None]:
    """The block's step fails for that cause."""
    with pytest.raises(StepFailed) as caught:
        yield
    assert caught.value.cause is cause, str(caught.value)


@dataclass
class Rotation:
    """Secrets Manager's part, and what can be seen from outside."""

    aws: MotoAws
    ecs: EcsStandIn
    database: Database
    event: Callable[[str], Any]
    invoked: LambdaEndpoint
    secret_id: str = SECRET
    answers: list[Any] = field(default_factory=list)

    def begin(self) -> str:
        """What RotateSecret does before createSecret; the token."""
        token = str(uuid.uuid4())
        self.secret_id = self.aws.begin_rotation(token)
        return token

    def step(self, name: str, token: str = "") -> Any:
        """One step. Nothing is left of one in the next but the SDK's clients."""
        event = self.event(f"rotate_password/{name}") | {"SecretId": self.secret_id}
        if token:
            event["ClientRequestToken"] = token
        answer = handler(event, Context("jiki-ops-rotate-password"))
        self.answers.append(answer)
        return answer

    def rotate(self, token: str | None = None) -> str:
        """All four steps."""
        token = token or self.begin()
        for name in STEPS:
            self.step(name, token)
        return token

    def findings(self) -> set[tuple[str, str]]:
        """Check and level of what a rehearsal finds that is not well."""
        found = self.step("rehearse")["findings"]
        return {(each["check"], each["level"]) for each in found if each["level"] != "ok"}

    def edit(self, **changes: Any) -> None:
        """A person changes keys of the current version.

        By two calls, because moto loses labels when PutSecretValue moves AWSCURRENT mid-rotation.
        """
        client, version = self.aws.client("secretsmanager"), str(uuid.uuid4())
        current = client.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")
        client.put_secret_value(
            SecretId=SECRET,
            ClientRequestToken=version,
            SecretString=json.dumps(json.loads(current["SecretString"]) | changes),
            VersionStages=["EDITED"],
        )
        client.update_secret_version_stage(
            SecretId=SECRET,
            VersionStage="AWSCURRENT",
            RemoveFromVersionId=current["VersionId"],
            MoveToVersionId=version,
        )

    def alternate(self) -> None:
        """Prepare the two users; the secret names the master user until the next rotation."""
        self.secret_id = SECRET
        self.step("prepare_roles")
        self.edit(aurora_username="jiki")

    def wait_for_rollouts(self) -> None:
        """Until ECS has replaced the tasks, as the guard waits for it."""
        deadline = time.monotonic() + 10
        while any(
            len(service.deployments) > 1 or service.primary.rollout_state != "COMPLETED"
            for service in self.ecs.engine.services.values()
        ):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def logs_in(self, user: str, password: str) -> bool:
        """Whether the real server accepts them."""
        login = replace(self.database.login, user=user, password=password).as_json()
        answer = query_database({"request": "check_login", "login": login}, Context("q"))
        return bool(answer["ok"])

    def redeployments(self) -> list[int]:
        """How often each service was redeployed."""
        calls = [c.request["service"] for c in self.ecs.calls if c.operation == "UpdateService"]
        return [calls.count(name) for name in SERVICES]


@pytest.fixture
def rotation(
    aws: MotoAws,
    database: Database,
    lambda_endpoint: LambdaEndpoint,
    event: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Rotation]:
    """Jiki as it stands: one user, and two services that have run for a day."""
    monkeypatch.setenv("WEB_SERVICES", ",".join(SERVICES))
    monkeypatch.setenv("ALTERNATING_USERS", "jiki_a,jiki_b")
    monkeypatch.setenv("ROLLOUT_WAIT_SECONDS", "0")
    monkeypatch.setenv("DATABASE_WAIT_SECONDS", "0")
    with EcsStandIn(start_delay_seconds=0.01, stop_delay_seconds=0.01).start() as ecs:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", ecs.url)
        for name in SERVICES:
            service = ecs.create_service(name, desired=1, tag="0" * 40)
            service.primary.created_at -= timedelta(days=1)
        ecs.engine.settle()
        yield Rotation(aws, ecs, database, event, lambda_endpoint)
