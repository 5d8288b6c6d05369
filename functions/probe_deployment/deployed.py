"""What ECS has of the services that are probed; nothing is fetched before it is asked for."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any, Literal

from ops_common.ecs import EcsServices, Service, ServiceNotFound
from ops_common.tasks import Task, of_service
from probe_deployment.request import Request
from probe_deployment.settings import Settings

REPLACED_BEGAN_BEFORE = timedelta(minutes=30)
"""So long before its end, at most, began a deployment that ECS no longer lists."""


class Clients:
    """Hands out clients by service name; making them is not safe in two threads at once."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._lock = Lock()

    def __call__(self, service: str) -> Any:
        """The client of an AWS service."""
        with self._lock:
            return self._make(service)


class Once[T]:
    """Computes a value when it is first asked for; the checks that wait for it share the result."""

    def __init__(self, compute: Callable[[], T]) -> None:
        self._compute = compute
        self._lock = Lock()
        self._value: list[T] = []

    def __call__(self) -> T:
        """The value. Raises what `compute` raises, and tries again the next time."""
        with self._lock:
            if not self._value:
                self._value.append(self._compute())
            return self._value[0]


class RevisionMissing(Exception):
    """ECS knows no such service revision."""


class Deployed:
    """The services, their tasks and definitions, each fetched once."""

    def __init__(
        self, request: Request, settings: Settings, now: datetime, client: Clients
    ) -> None:
        self.request = request
        self.settings = settings
        self.now = now
        self.client = client
        self._services = Once(self._describe_services)
        self._revision = Once(self._describe_revision)
        self._definitions: dict[str, Once[Any]] = {}
        self._tasks: dict[tuple[str, str], Once[list[Task]]] = {}
        self._lock = Lock()

    def service(self, name: str) -> Service:
        """One of the services. Raises ServiceNotFound."""
        found = self._services()[name]
        if isinstance(found, ServiceNotFound):
            raise found
        return found

    def service_events(self, name: str) -> list[str]:
        """What ECS wrote about a service, the newest first."""
        cluster = self.settings.cluster
        answer = self.client("ecs").describe_services(cluster=cluster, services=[name])
        return [event["message"] for each in answer["services"] for event in each.get("events", [])]

    def revision(self) -> Any:
        """The service revision that a lifecycle hook asks about. Raises RevisionMissing."""
        return self._revision()

    def target_definition(self, name: str) -> str:
        """ARN of the task definition that a service is to run, once the deployment has ended."""
        if self.request.target_revision is None:
            return self.service(name).primary.task_definition
        return str(self.revision()["taskDefinition"])

    def definition(self, arn: str) -> Any:
        """A task definition, as DescribeTaskDefinition describes it."""
        with self._lock:
            describe = partial(self.client("ecs").describe_task_definition, taskDefinition=arn)
            once = self._definitions.setdefault(arn, Once(describe))
        return once()["taskDefinition"]

    def began(self, name: str) -> datetime:
        """When the probed deployment of a service began; near enough where ECS has replaced it."""
        if self.request.target_revision is not None and "createdAt" in self.revision():
            created: datetime = self.revision()["createdAt"]
            return created
        asked = self.request.deployment_id
        for deployment in self.service(name).deployments:
            if deployment.id == asked:
                return deployment.created_at
        if asked and self.request.started_at:
            return self.request.started_at - REPLACED_BEGAN_BEFORE
        return self.service(name).primary.created_at

    def tasks(self, name: str, status: Literal["RUNNING", "STOPPED"]) -> list[Task]:
        """A service's tasks whose desired status is this; asked for once in an attempt."""
        with self._lock:
            describe = partial(of_service, cluster=self.settings.cluster, service=name)
            once = self._tasks.setdefault(
                (name, status),
                Once(lambda: describe(self.client("ecs"), desired_status=status)),
            )
        return once()

    def new_tasks(self, name: str) -> list[Task]:
        """The tasks of the deployment that is probed, running or stopped."""
        everyone = [*self.tasks(name, "RUNNING"), *self.tasks(name, "STOPPED")]
        if self.request.target_revision is not None:
            # The old ones have the same definition where it was deployed again by force.
            definition, began = self.target_definition(name), self.began(name)
            return [
                task
                for task in everyone
                if task.task_definition == definition and (task.created_at or began) >= began
            ]
        deployment = self.request.deployment_id or self.service(name).primary.id
        return [task for task in everyone if task.started_by == deployment]

    def starting(self, name: str) -> list[Task]:
        """Tasks within their grace that a scaling, or another's end, has started since the
        deployment ended; the canary knows of no end. One that ends is counted by check restarts.
        """
        since = self.now - timedelta(seconds=self.settings.grace_seconds)
        ended = since if self.request.suite == "canary" else self.request.ended_at
        if ended is None:
            return []
        return [
            task
            for task in self.tasks(name, "RUNNING")
            if (task.created_at or since) > ended and (task.started_at or self.now) > since
        ]

    def target_groups(self, name: str) -> tuple[str, ...]:
        """ARNs of the target groups that tasks of a service may be in; a revision's, in a hook."""
        if self.request.target_revision is None:
            return self.service(name).target_groups
        return target_groups_of(self.revision()) or self.service(name).target_groups

    def _describe_services(self) -> Mapping[str, Service | ServiceNotFound]:
        ecs, names = EcsServices(self.client("ecs"), self.settings.cluster), self.settings.services
        try:
            return {service.name: service for service in ecs.describe(names)}
        except ServiceNotFound as error:  # of one, which is no reason not to judge the others
            others = tuple(name for name in names if name not in error.names)
            found = ecs.describe(others) if others else []
            return dict.fromkeys(error.names, error) | {each.name: each for each in found}

    def _describe_revision(self) -> Any:
        arn = self.request.target_revision
        answer = self.client("ecs").describe_service_revisions(serviceRevisionArns=[arn])
        if not answer["serviceRevisions"]:
            raise RevisionMissing(f"ECS has no service revision {arn}")
        return answer["serviceRevisions"][0]


def target_groups_of(revision: Any) -> tuple[str, ...]:
    """Target groups that a revision's tasks are in; a blue/green service uses two in turn.

    Source: ECS API Reference, ServiceRevision, "resolvedConfiguration".
    """
    resolved = revision.get("resolvedConfiguration", {}).get("loadBalancers", [])
    balancers = resolved or revision.get("loadBalancers", [])
    return tuple(each["targetGroupArn"] for each in balancers if "targetGroupArn" in each)
