"""The whole local world: the stand-ins, and the real template deployed among them.

PostgreSQL, ECS with worker threads and web tasks, Slack, and MiniStack with the stack in it. The
demo and the tests of the deployed stack use it alike.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from local import deploy, endpoints
from local.account import (
    DATABASE,
    SIGNING_SECRET_PARAMETER,
    SLACK_TOKEN_PARAMETER,
    WEB_SERVICE,
    WORKER_SERVICE,
    seed,
)
from local.app import AppStandIn
from local.database_login import connect
from local.ecs import EcsStandIn
from local.ministack import MiniStack
from local.moto_aws import SECRET
from local.postgres import MASTER_USER, PostgresServer
from local.slack import SlackStandIn
from local.slack.requests import ANA, APP, BEN, TEAM
from local.solid_queue.workers import WorkerFleet
from local.transform import example
from ops_common.ops_events import SOURCE
from ops_common.query_database import DatabaseAddress, Login

__all__ = [
    "DATABASE",
    "NETWORK",
    "SLACK_TOKEN_PARAMETER",
    "UNKNOWN_TO_THE_EMULATOR",
    "WEB_SERVICE",
    "WORKER_SERVICE",
    "InvocationFailed",
    "World",
]

FIRST_SHA = "0" * 40
TASK_START_SECONDS, TASK_STOP_SECONDS = 0.5, 0.2
# The emulator has no network of its own; these are names.
NETWORK = {"VpcId": "vpc-00000001", "SubnetIds": "subnet-00000001,subnet-00000002"}
# The emulator has no rotation schedule; the four steps are invoked as Secrets Manager does it.
UNKNOWN_TO_THE_EMULATOR = {"RotationSchedule": ""}


class InvocationFailed(Exception):
    """A deployed function raised; the message holds its error."""


@dataclass
class World:
    """Everything that runs, and what stories and tests do with it."""

    emulator: MiniStack
    postgres: PostgresServer
    ecs: EcsStandIn
    slack: SlackStandIn
    app: AppStandIn
    workers: WorkerFleet
    address: DatabaseAddress
    build_folder: Path = Path()
    outputs: dict[str, str] = field(default_factory=dict)
    _notifications: list[dict[str, Any]] = field(default_factory=list)
    _inbox: str = ""

    @classmethod
    @contextmanager
    def start(
        cls,
        progress: Callable[[str], object] = str,
        parameters: Mapping[str, str] | None = None,
        *,
        listen_address: str = "127.0.0.1",
    ) -> Iterator["World"]:
        """Start and deploy everything; end it with the block, on Ctrl-C too.

        With the address 0.0.0.0 functions in containers reach the stand-ins too.

        Raises PostgresUnavailable, EmulatorUnavailable or DeployFailed, each with what to do.
        """
        with ExitStack() as stack:
            progress("building functions and layers, starting PostgreSQL and the stand-ins …")
            pool = stack.enter_context(ThreadPoolExecutor(1))
            # `sam build` writes a file beside the folder it builds into.
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="jiki-build-"))) / "built"
            built = pool.submit(deploy.build, folder)
            world = _start_parts(cls, stack, listen_address)
            world.build_folder = folder
            built.result()
            progress("deploying template.yaml into the local AWS (sam deploy) …")
            world._deploy(dict(parameters or {}))
            world._run_services()
            yield world

    def client(self, service: str) -> Any:
        """A boto3 client; that of `ecs` talks to the stand-in."""
        url = self.ecs.url if service == "ecs" else self.emulator.url
        return self.emulator.client(service, url)

    def invoke(self, function: str, payload: Any) -> Any:
        """The answer of a deployed function, by its logical id. Raises InvocationFailed.

        Asked again once where the emulator has ended the process before the handler could run,
        as it may when the function's variables have just been changed.
        """
        answer: Any = None
        for _ in range(2):
            response = self.client("lambda").invoke(
                FunctionName=self.outputs[f"{function}Function"], Payload=json.dumps(payload)
            )
            answer = json.loads(response["Payload"].read())
            if "FunctionError" not in response:
                return answer
            if "Worker process exited immediately" not in str(answer.get("errorMessage")):
                break
        raise InvocationFailed(
            f"{function}: {answer.get('errorType')}: {answer.get('errorMessage')}"
        )

    def rotate(
        self, token: str | None = None, before_last: Callable[[], object] = str
    ) -> list[dict[str, str]]:
        """The four steps of one rotation, invoked as Secrets Manager does; their answers.

        `before_last` is what somebody does between the third and the last.
        """
        token = token or str(uuid.uuid4())
        # As AWS leaves it before createSecret: a version that is pending and has no value.
        secret = self.client("secretsmanager").put_secret_value(
            SecretId=SECRET, ClientRequestToken=token, VersionStages=["AWSPENDING"]
        )["ARN"]
        event = {"SecretId": secret, "ClientRequestToken": token}
        answers = [
            self.invoke("RotatePassword", event | {"Step": step})
            for step in ("createSecret", "setSecret", "testSecret")
        ]
        before_last()
        return [*answers, self.invoke("RotatePassword", event | {"Step": "finishSecret"})]

    def put_event(self, event: Mapping[str, Any]) -> None:
        """Put an event of events/ on the default bus; one of ours comes from this stack."""
        detail = event["detail"]
        if event["source"] == SOURCE:
            detail = {**detail, "stack": deploy.STACK_NAME}
        response = self.client("events").put_events(
            Entries=[
                {
                    "Source": event["source"],
                    "DetailType": event["detail-type"],
                    "Detail": json.dumps(detail),
                    "Resources": event.get("resources", []),
                }
            ]
        )
        if response["FailedEntryCount"]:
            raise RuntimeError(f"the bus refused the event: {response['Entries']}")

    def sns_messages(self) -> list[dict[str, Any]]:
        """All notifications that a subscriber of the alert topic got so far, oldest first."""
        queue = self.client("sqs")
        while batch := queue.receive_message(QueueUrl=self._inbox, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in batch:
                self._notifications.append(json.loads(message["Body"]))
                queue.delete_message(QueueUrl=self._inbox, ReceiptHandle=message["ReceiptHandle"])
        return list(self._notifications)

    def secret(self, stage: str = "AWSCURRENT") -> dict[str, str]:
        """The app's secret at a stage."""
        value = self.client("secretsmanager").get_secret_value(SecretId=SECRET, VersionStage=stage)
        content: dict[str, str] = json.loads(value["SecretString"])
        return content

    def login(self) -> Login:
        """The login that an app which boots now would read."""
        content = self.secret()
        user = content.get("aurora_username", MASTER_USER)
        return Login(self.address, user, content["aurora_password"])

    def accepts(self, login: Login) -> bool:
        """Whether the database lets this login in."""
        try:
            connect(login, self.postgres.ca_certificate).close()
        except psycopg.OperationalError:
            return False
        return True

    def wait_for(self, condition: Callable[[], bool], timeout_seconds: float = 30) -> bool:
        """Wait until it holds; False if it does not within the time."""
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def settle(self) -> bool:
        """End what an earlier story or test has left under way; whether the services are at rest.

        A protected task holds a rollout up, on ECS as here.
        """
        ecs = self.client("ecs")
        for name in (WEB_SERVICE, WORKER_SERVICE):
            tasks = [task.arn for task in self.ecs.running_tasks(name)]
            for first in range(0, len(tasks), 10):
                ecs.update_task_protection(
                    cluster=self.ecs.cluster,
                    tasks=tasks[first : first + 10],
                    protectionEnabled=False,
                )
        services = [self.ecs.service(name) for name in (WEB_SERVICE, WORKER_SERVICE)]
        return self.wait_for(
            lambda: all(
                len(service.deployments) == 1 and service.primary.rollout_state == "COMPLETED"
                for service in services
            )
        )

    def _deploy(self, parameters: Mapping[str, str]) -> None:
        local = {
            "SlackToken": SLACK_TOKEN_PARAMETER,
            "SlackChannel": self.slack.channel,
            "SlackSigningSecret": SIGNING_SECRET_PARAMETER,
            "SlackApp": f"{TEAM}/{APP}",
            "SlackOperators": f"{ANA.id},{BEN.id}",
            "HealthCheckUrl": self.app.health_check_url,
            # Every alarm and every widget, on names of what the emulator does not have.
            "AlarmSet": "all",
            "LoadBalancerName": "app/jiki-api-alb/50dc6c495c0c9188",
            "TargetGroupName": "targetgroup/jiki-api/943f017f100becff",
            "DatabaseClusterId": "jiki-production",
        }
        self.outputs = deploy.deploy(
            self.emulator,
            self.build_folder,
            example() | NETWORK | UNKNOWN_TO_THE_EMULATOR | local | dict(parameters),
            endpoints={
                endpoints.AWS: self.emulator.url,
                endpoints.ECS: self.ecs.url,
                endpoints.SLACK: self.slack.url,
                endpoints.DATABASE_CA: self.postgres.ca_certificate,
                endpoints.HEALTH_CHECK_CA: self.postgres.ca_certificate,
            },
        )
        # The emulator has no domain of its own; it serves the addresses of functions below a path.
        url_id = self.outputs["AnswerSlackUrl"].removeprefix("https://").partition(".")[0]
        self.slack.app.request_url = f"{self.emulator.url}/_aws/lambda-url/{url_id}/"
        self._set_variable("ProbeDeployment", ANSWER_SLACK_URL=self.slack.app.request_url)
        queue = self.client("sqs")
        self._inbox = queue.create_queue(QueueName="subscriber")["QueueUrl"]
        arn = queue.get_queue_attributes(QueueUrl=self._inbox, AttributeNames=["QueueArn"])
        self.client("sns").subscribe(
            TopicArn=self.outputs["AlertTopicArn"],
            Protocol="sqs",
            Endpoint=arn["Attributes"]["QueueArn"],
        )

    def _set_variable(self, function: str, **variables: str) -> None:
        client, name = self.client("lambda"), self.outputs[f"{function}Function"]
        known = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": known | variables}
        )

    def _run_services(self) -> None:
        """Jiki's two services, up and steady; from then on their events reach the bus."""
        self.ecs.create_service(WEB_SERVICE, desired=2, tag=FIRST_SHA)
        self.ecs.create_service(WORKER_SERVICE, desired=1, tag=FIRST_SHA)
        self.ecs.run_tasks(WEB_SERVICE, self.app)
        self.ecs.run_tasks(WORKER_SERVICE, self.workers)
        self.ecs.on_event(self.put_event)


def _start_parts(cls: type[World], stack: ExitStack, listen_address: str) -> World:
    emulator = stack.enter_context(MiniStack.start(listen_address=listen_address))
    postgres = stack.enter_context(PostgresServer.start(listen_address=listen_address))
    ecs = EcsStandIn(start_delay_seconds=TASK_START_SECONDS, stop_delay_seconds=TASK_STOP_SECONDS)
    stack.enter_context(ecs.start(listen_address=listen_address))
    slack = stack.enter_context(SlackStandIn().start(listen_address=listen_address))
    address = DatabaseAddress(postgres.host, postgres.port, DATABASE)
    seed(emulator, postgres, address, slack.token)
    app = AppStandIn(lambda: world.login(), postgres.ca_certificate)
    stack.enter_context(app.start(listen_address=listen_address))
    workers = WorkerFleet(lambda: connect(world.login(), postgres.ca_certificate))
    stack.callback(workers.close)
    world = cls(emulator, postgres, ecs, slack, app, workers, address)
    return world
