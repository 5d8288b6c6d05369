"""What a rotation is measured on: the real handlers and a real server, a fresh world each time."""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from local.app import AppStandIn
from local.ecs import EcsStandIn
from local.lambda_endpoint import Context, LambdaEndpoint
from local.moto_aws import CONFIG_TABLE, SECRET, TEMPORARY_PASSWORD, MotoAws
from local.postgres import MASTER_USER, PostgresServer
from ops_common import aws as ops_aws
from ops_common.query_database import DatabaseAddress, Login
from query_database.app import handler as query_database
from rotate_password.app import handler as rotate_password

DATABASE, WEB, FUNCTION = "jiki_production", "jiki-api-web", "jiki-ops-query-database"
TASKS = 4
TASK_START_SECONDS, TASK_STOP_SECONDS = 2.0, 0.2
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@dataclass
class World:
    """The parts that a strategy is measured on."""

    aws: MotoAws
    ecs: EcsStandIn
    app: AppStandIn
    ca_certificate: str

    def step(self, name: str, token: str = "") -> None:
        """One step of the real handler."""
        context: Any = Context("jiki-ops-rotate-password")
        event = {"Step": name, "SecretId": SECRET, "ClientRequestToken": token}
        rotate_password(event, context)

    def rotate(self) -> float:
        """All four steps; how many seconds they took."""
        token = str(uuid.uuid4())
        self.aws.begin_rotation(token)
        started = time.monotonic()
        for name in STEPS:
            self.step(name, token)
        return time.monotonic() - started

    def wait_for_rollout(self) -> None:
        """Until every task has been replaced."""
        while len(self.ecs.service(WEB).deployments) > 1 or (
            self.ecs.service(WEB).primary.rollout_state != "COMPLETED"
        ):
            time.sleep(0.05)


@contextmanager
def worlds() -> Iterator[Callable[[], World]]:
    """Makes a fresh world for each strategy; the servers are shared."""
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer.start())
        aws = stack.enter_context(MotoAws.start())
        functions = {FUNCTION: query_database}
        endpoint = stack.enter_context(LambdaEndpoint(functions).start())
        address = DatabaseAddress(postgres.host, postgres.port, DATABASE)

        def fresh() -> World:
            postgres.drop_database(DATABASE)
            postgres.create_database(DATABASE, TEMPORARY_PASSWORD)
            aws.reset()
            aws.put_config(aurora_endpoint=address.host, aurora_port=str(address.port))
            ecs = EcsStandIn(
                start_delay_seconds=TASK_START_SECONDS, stop_delay_seconds=TASK_STOP_SECONDS
            )
            stack.enter_context(ecs.start())
            app = AppStandIn(lambda: login_at_boot(aws, address), postgres.ca_certificate)
            ecs.create_service(WEB, desired=TASKS, tag="0" * 40)
            ecs.run_tasks(WEB, app)
            os.environ |= environment(aws, ecs, endpoint, postgres.ca_certificate)
            ops_aws.kept_client.cache_clear()
            return World(aws, ecs, app, postgres.ca_certificate)

        yield fresh


def login_at_boot(aws: MotoAws, address: DatabaseAddress) -> Login:
    """What the app's configuration says now."""
    secret = aws.secret()
    return Login(address, secret.get("aurora_username", MASTER_USER), secret["aurora_password"])


def environment(
    aws: MotoAws, ecs: EcsStandIn, endpoint: LambdaEndpoint, ca_certificate: str
) -> Mapping[str, str]:
    """The variables that the template would set."""
    return {
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ENDPOINT_URL_ECS": ecs.url,
        "AWS_ENDPOINT_URL_LAMBDA": endpoint.url,
        "CONFIG_SECRET_ID": SECRET,
        "CONFIG_TABLE_NAME": CONFIG_TABLE,
        "DATABASE_USER": MASTER_USER,
        "DATABASE_CA_CERTIFICATE": ca_certificate,
        "QUERY_DATABASE_FUNCTION": FUNCTION,
        "ECS_CLUSTER": ecs.cluster,
        "WEB_SERVICES": WEB,
        "ALTERNATING_USERS": "jiki_a,jiki_b",
    }
