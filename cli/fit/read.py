"""Reads an account with read-only credentials; what is refused is noted, and the rest read."""

from collections.abc import Callable
from itertools import batched
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.fit.facts import Facts, Service

TROUBLE_LENGTH = 160

type Clients = Callable[[str], Any]
"""The client of an AWS service by its name."""


class Reader:
    """Asks one thing after another, and remembers what could not be read."""

    def __init__(self, client: Clients) -> None:
        self._client = client
        self.unread: dict[str, str] = {}

    def facts(self, cluster: str, environment: str) -> Facts:
        """The whole of it; of a cluster, or where none is named of the one that fits the word."""
        clusters = self._read("clusters", self._clusters)
        cluster = cluster or likely(clusters, environment)
        services = self._read("services", lambda: self._services(cluster)) if cluster else []
        scaled = self._read("scaling targets", lambda: self._scaled(cluster)) if cluster else []
        return Facts(
            clusters=tuple(clusters),
            cluster=cluster,
            services=tuple(services),
            secrets=tuple(
                self._read("secrets", lambda: self._all("secretsmanager", "list_secrets"))
            ),
            databases=tuple(self._read("databases", self._databases)),
            proxies=tuple(
                self._read("RDS Proxies", lambda: self._all("rds", "describe_db_proxies"))
            ),
            alarms=tuple(self._read("alarms", self._alarms)),
            scaled=frozenset(scaled),
            unread=self.unread,
        )

    def _read(self, part: str, read: Callable[[], list[Any]]) -> list[Any]:
        try:
            return read()
        except (ClientError, BotoCoreError) as error:
            self.unread[part] = str(error).partition(" Encoded")[0][:TROUBLE_LENGTH]
            return []

    def _all(self, service: str, operation: str, **parameters: Any) -> list[Any]:
        pages = self._client(service).get_paginator(operation).paginate(**parameters)
        return [item for items in pages.result_key_iters() for item in items]

    def _clusters(self) -> list[str]:
        return [arn.rpartition("/")[2] for arn in self._all("ecs", "list_clusters")]

    def _services(self, cluster: str) -> list[Service]:
        ecs = self._client("ecs")
        arns = self._all("ecs", "list_services", cluster=cluster)
        described = [
            service
            for ten in batched(arns, 10, strict=False)  # as many as can be described at once
            for service in ecs.describe_services(cluster=cluster, services=list(ten))["services"]
            if service["status"] == "ACTIVE"
        ]
        definitions = {
            name: ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
            for name in {each["taskDefinition"] for each in described if "taskDefinition" in each}
        }
        return [
            Service(each["serviceName"], each, definitions.get(each.get("taskDefinition", ""), {}))
            for each in described
        ]

    def _scaled(self, cluster: str) -> list[str]:
        targets = self._all(
            "application-autoscaling", "describe_scalable_targets", ServiceNamespace="ecs"
        )
        place = f"service/{cluster}/"
        ids = [str(each["ResourceId"]) for each in targets]
        return [each.removeprefix(place) for each in ids if each.startswith(place)]

    def _databases(self) -> list[Any]:
        clusters = self._all("rds", "describe_db_clusters")
        instances = self._all("rds", "describe_db_instances")
        return [*clusters, *(each for each in instances if "DBClusterIdentifier" not in each)]

    def _alarms(self) -> list[str]:
        return [str(each["AlarmName"]) for each in self._all("cloudwatch", "describe_alarms")]


def likely(names: list[str], environment: str) -> str:
    """The only one, or the only one that is named for the environment; else nothing."""
    named = [name for name in names if environment in name] or names
    return named[0] if len(named) == 1 else ""
