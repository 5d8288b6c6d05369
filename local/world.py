"""The whole local world: the deployed stack, and the stand-ins that it is deployed among.

PostgreSQL, ECS with worker threads and web tasks, Slack, and MiniStack with the stack in it. The
demo and the tests of the deployed stack use it alike; `local.start_world` starts it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from local.account import WEB_SERVICE, WORKER_SERVICE
from local.app import AppStandIn
from local.database_login import connect
from local.deployed_stack import DeployedStack
from local.postgres import MASTER_USER, PostgresServer
from local.slack import SlackStandIn
from local.solid_queue.workers import WorkerFleet
from ops_common.query_database import DatabaseAddress, Login


@dataclass
class World(DeployedStack):
    """Everything that runs, and what stories and tests do with it."""

    postgres: PostgresServer
    slack: SlackStandIn
    app: AppStandIn
    workers: WorkerFleet
    address: DatabaseAddress
    build_folder: Path
    """What was deployed, as `sam build` wrote it."""

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
