"""What was read of an account, as AWS describes it; no value of a secret is among it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ops_common.secret_references import SecretReference

SOLID_QUEUE = re.compile(r"solid_queue|solid-queue|bin/jobs\b")
OTHER_JOBS = re.compile(r"\b(sidekiq|good_job|delayed_job|resque|que|shoryuken|sneakers)\b")
QUEUE_WORDS = re.compile(r"queue|worker|jobs")
MYSQL = re.compile(r"(mysql2?|trilogy|mariadb)(://|$)", re.IGNORECASE)
DATABASE_URL = re.compile(r"(postgres(ql)?|postgis)://[^:@/\s]*:[^@/\s]+@|(mysql2?|trilogy)://")
PASSWORD_NAME = re.compile(r"(DATABASE|DB|PG|POSTGRES|AURORA|RDS)\w*(PASSWORD|PASSWD)|^PGPASS")
URL_NAME = re.compile(r"DATABASE\w*_URL$|^DB_URL$|^POSTGRES(QL)?_URL$")


@dataclass(frozen=True)
class Variable:
    """A container's variable that comes of a secret of Secrets Manager."""

    name: str
    reference: SecretReference

    @property
    def secret(self) -> str:
        """The secret's name."""
        return secret_name(self.reference.secret)

    @property
    def of_the_database(self) -> bool:
        """Whether it is the database's password, or a URL with it."""
        return bool(PASSWORD_NAME.search(self.name) or URL_NAME.search(self.name))


@dataclass(frozen=True)
class Service:
    """One ECS service, with its newest task definition."""

    name: str
    described: Mapping[str, Any]
    definition: Mapping[str, Any]

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        """Those of its task definition."""
        found: list[Mapping[str, Any]] = list(self.definition.get("containerDefinitions", []))
        return found

    @property
    def environment(self) -> dict[str, str]:
        """Plain variables of all containers."""
        return {
            each["name"]: each.get("value", "")
            for container in self.containers
            for each in container.get("environment", [])
        }

    @property
    def secrets(self) -> tuple[Variable, ...]:
        """Variables that come of Secrets Manager."""
        return tuple(
            Variable(each["name"], reference)
            for container in self.containers
            for each in container.get("secrets", [])
            if (reference := SecretReference.parse(each["valueFrom"]))
        )

    @property
    def command(self) -> str:
        """What its containers run, in one line."""
        words = [
            word
            for container in self.containers
            for word in [*(container.get("entryPoint") or []), *(container.get("command") or [])]
        ]
        return " ".join(words)

    @property
    def controller(self) -> str:
        """Who deploys it: ECS, CODE_DEPLOY or EXTERNAL."""
        return str(self.described.get("deploymentController", {}).get("type", "ECS"))

    @property
    def balanced(self) -> bool:
        """Whether it is behind a load balancer."""
        return bool(self.described.get("loadBalancers"))

    @property
    def works(self) -> bool:
        """Whether it is a worker, by what it runs or what it is called."""
        if SOLID_QUEUE.search(self.command) or OTHER_JOBS.search(self.command):
            return True
        return not self.balanced and bool(QUEUE_WORDS.search(self.name))

    def reads(self, secret: str) -> bool:
        """Whether a container is given something of a secret, or its name."""
        named = any(variable.secret == secret for variable in self.secrets)
        return named or secret in self.environment.values()


@dataclass(frozen=True)
class Facts:
    """All that was read. A part that could not be is in `unread`, with AWS's words."""

    clusters: tuple[str, ...] = ()
    cluster: str = ""
    services: tuple[Service, ...] = ()
    secrets: tuple[Mapping[str, Any], ...] = ()
    databases: tuple[Mapping[str, Any], ...] = ()
    """DescribeDBClusters' and, of what is in no cluster, DescribeDBInstances' entries."""
    proxies: tuple[Mapping[str, Any], ...] = ()
    alarms: tuple[str, ...] = ()
    scaled: frozenset[str] = frozenset()
    """Services that Application Auto Scaling scales."""
    unread: Mapping[str, str] = field(default_factory=dict)

    def secret(self, name: str) -> Mapping[str, Any] | None:
        """A secret by its name."""
        return next((each for each in self.secrets if each["Name"] == name), None)


def secret_name(arn: str) -> str:
    """A secret's name out of its ARN, with or without the six characters at its end."""
    name = arn.rpartition(":secret:")[2]
    return re.sub(r"-[A-Za-z0-9]{6}$", "", name)


def engine(database: Mapping[str, Any]) -> str:
    """What a cluster or an instance is."""
    return str(database.get("Engine", ""))


def identifier(database: Mapping[str, Any]) -> str:
    """A cluster's name, or an instance's."""
    return str(database.get("DBClusterIdentifier") or database.get("DBInstanceIdentifier", ""))
