"""What every check is given: the request, the settings, and ways to look at the world."""

from collections.abc import Callable, Mapping
from copy import replace
from datetime import datetime
from threading import Lock
from typing import Any, Literal

from ops_common.app_config import AppConfigError, ConfigTable, app_login, database_address
from ops_common.ecs import EcsServices, Service
from ops_common.identity import Identity
from ops_common.query_database import (
    DatabaseError,
    DatabaseUnreachable,
    Login,
    LoginRefused,
    QueryDatabase,
)
from ops_common.tasks import Task, of_service
from probe_deployment.request import Request
from probe_deployment.settings import Settings
from probe_deployment.suites import SUITES


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


class SeeOtherCheck(Exception):
    """Something that another check looks at, and reports, is broken; the message says which."""


class RevisionMissing(Exception):
    """ECS knows no such service revision."""


class ResourceMissing(Exception):
    """The stack lacks a resource that its template has."""


class Context:
    """One attempt at a suite. Nothing is looked up before a check asks, and then once."""

    def __init__(
        self,
        request: Request,
        settings: Settings,
        now: datetime,
        client: Clients,
        query_database: QueryDatabase,
    ) -> None:
        self.request = request
        self.settings = settings
        self.now = now
        self.client = client
        self.query_database = query_database
        iam_login = settings.app_config.iam_login
        self._services = Once(self._describe_services)
        self._own = Once(self._list_own)
        self._revision = Once(self._describe_revision)
        self._definitions: dict[str, Once[Any]] = {}
        self._lock = Lock()
        self._login = Once(lambda: self._app_login(iam_login=iam_login))

    def service(self, name: str) -> Service:
        """One of the two services. Raises ServiceNotFound."""
        return self._services()[name]

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
            describe = lambda: self.client("ecs").describe_task_definition(taskDefinition=arn)  # noqa: E731
            once = self._definitions.setdefault(arn, Once(describe))
        return once()["taskDefinition"]

    def tasks(self, name: str, status: Literal["RUNNING", "STOPPED"]) -> list[Task]:
        """A service's tasks whose desired status is this."""
        return of_service(self.client("ecs"), self.settings.cluster, name, status)

    def new_tasks(self, name: str) -> list[Task]:
        """The tasks of the deployment that is probed, running or stopped."""
        everyone = [*self.tasks(name, "RUNNING"), *self.tasks(name, "STOPPED")]
        if self.request.target_revision is not None:
            definition = self.target_definition(name)
            return [task for task in everyone if task.task_definition == definition]
        deployment = self.request.deployment_id or self.service(name).primary.id
        return [task for task in everyone if task.started_by == deployment]

    def target_groups(self, name: str) -> tuple[str, ...]:
        """ARNs of the target groups that tasks of a service may be in; a revision's, in a hook."""
        if self.request.target_revision is None:
            return self.service(name).target_groups
        revision = self.revision()
        resolved = revision.get("resolvedConfiguration", {}).get("loadBalancers", [])
        balancers = resolved or revision.get("loadBalancers", [])
        found = tuple(each["targetGroupArn"] for each in balancers if "targetGroupArn" in each)
        return found or self.service(name).target_groups

    @property
    def probed(self) -> tuple[str, ...]:
        """Names of the services that the request is about."""
        return (self.request.service,) if self.request.service else self.settings.services

    def concerns(self, service: str) -> bool:
        """Whether the request is about this service."""
        return service in self.probed

    def ask(
        self, request: str, database: str = "", parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """What query_database answers, by password or IAM token; `database` on the same server.

        Raises DatabaseError or AppConfigError, or SeeOtherCheck where check database_login of the
        suite reports it.
        """
        try:
            login = self._login()
            name = database or login.address.name
            login = replace(login, address=replace(login.address, name=name))
            return self.query_database.ask(request, login, parameters)
        except (AppConfigError, LoginRefused, DatabaseUnreachable):
            other_login = self.settings.app_config.iam_login  # not what the other check tries
            if other_login or "database_login" not in SUITES[self.request.suite]:
                raise
            raise SeeOtherCheck("the database could not be asked: see database_login") from None

    def ask_as_app(self, request: str) -> dict[str, Any]:
        """The same, always with the app's own password. Raises DatabaseError.

        Raises SeeOtherCheck where query_database itself is broken, and a check of it reports that.
        """
        login = self._app_login(iam_login=False)
        try:
            return self.query_database.ask(request, login)
        except DatabaseError as error:
            if self.request.suite == "self" and type(error) is DatabaseError:
                raise SeeOtherCheck("it gave no answer: see query_database") from None
            raise

    def own_resources(self, kind: str = "") -> dict[str, str]:
        """Physical ids of this stack's resources by logical id, of one type or of all."""
        return {
            logical_id: physical_id
            for logical_id, (found, physical_id) in self._own().items()
            if kind in ("", found)
        }

    def own_resource(self, logical_id: str) -> str:
        """One of them. Raises ResourceMissing."""
        try:
            return self.own_resources()[logical_id]
        except KeyError:
            raise ResourceMissing(f"the stack has no resource {logical_id}") from None

    def config_table(self) -> ConfigTable:
        """The app's table of configuration values."""
        return ConfigTable(self.client("dynamodb"), self.settings.app_config)

    def database_cluster_id(self) -> str:
        """Identifier of the Aurora cluster; the endpoint begins with it."""
        if named := self.settings.database_cluster_id:
            return named
        secrets, settings = self.client("secretsmanager"), self.settings.app_config
        address = database_address(secrets, self.config_table(), settings)
        return address.host.partition(".")[0]

    def load_balancers(self) -> list[str]:
        """ARNs of the load balancers in front of the web service; often one, maybe none."""
        groups = self.service(self.settings.web_service).target_groups
        if not groups:
            return []
        described = self.client("elbv2").describe_target_groups(TargetGroupArns=list(groups))
        attached = [arn for each in described["TargetGroups"] for arn in each["LoadBalancerArns"]]
        return sorted(set(attached))

    def load_balancer_names(self) -> list[str]:
        """DNS names of the load balancers in front of the web services."""
        arns = self.load_balancers()
        if not arns:
            return []
        described = self.client("elbv2").describe_load_balancers(LoadBalancerArns=arns)
        return [each["DNSName"] for each in described["LoadBalancers"]]

    def deploy_command(self, *parameters: str) -> str:
        """The command that deploys this stack with other values of parameters, `Name=value`."""
        which = f" ENVIRONMENT={Identity.from_env().environment}"
        if not parameters:
            return f"make deploy{which}"
        return f"make configure{which} SET='{' '.join(parameters)}' && make deploy{which}"

    def _describe_services(self) -> Mapping[str, Service]:
        ecs = EcsServices(self.client("ecs"), self.settings.cluster)
        return {service.name: service for service in ecs.describe(self.settings.services)}

    def _describe_revision(self) -> Any:
        arn = self.request.target_revision
        answer = self.client("ecs").describe_service_revisions(serviceRevisionArns=[arn])
        if not answer["serviceRevisions"]:
            raise RevisionMissing(f"ECS has no service revision {arn}")
        return answer["serviceRevisions"][0]

    def _list_own(self) -> Mapping[str, tuple[str, str]]:
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            each["LogicalResourceId"]: (each["ResourceType"], each["PhysicalResourceId"])
            for page in pages.paginate(StackName=self.settings.stack_name)
            for each in page["StackResourceSummaries"]
            if "PhysicalResourceId" in each
        }

    def _app_login(self, *, iam_login: bool) -> Login:
        settings = replace(self.settings.app_config, iam_login=iam_login)
        return app_login(self.client("secretsmanager"), self.config_table(), settings)
