"""What every check is given: the request, the settings, and ways to ask the world."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from typing import Any

from ops_common.app_config import AppConfigError, ConfigTable
from ops_common.app_login import app_login, database_address
from ops_common.database_cause import DatabaseCause
from ops_common.identity import Identity
from ops_common.query_database import (
    DatabaseError,
    DatabaseUnreachable,
    Login,
    LoginRefused,
    QueryDatabase,
)
from ops_common.queue_login import at_queue, has_own_login
from probe_deployment.deployed import Clients, Deployed, Once
from probe_deployment.http_get import HttpGet, get
from probe_deployment.request import Request
from probe_deployment.settings import Settings
from probe_deployment.suites import SUITES


class SeeOtherCheck(Exception):
    """What is broken is reported by another check."""

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(reason)
        self.check = check


class ResourceMissing(Exception):
    """The stack lacks a resource that its template has."""

    def __init__(self, logical_id: str) -> None:
        super().__init__(f"the stack has no resource {logical_id}")
        self.logical_id = logical_id


class Context(Deployed):
    """One attempt at a suite. Nothing is fetched before a check asks, and then once."""

    def __init__(
        self,
        request: Request,
        settings: Settings,
        now: datetime,
        client: Clients,
        query_database: QueryDatabase,
        get: HttpGet = get,
    ) -> None:
        super().__init__(request, settings, now, client)
        self.query_database = query_database
        self.get = get
        iam_login = settings.app_config.iam_login
        self._own = Once(self._list_own)
        self._login = Once(lambda: self._app_login(iam_login=iam_login))

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
        """What query_database answers, by password or IAM token; `database` as QueueDatabaseName.

        Raises DatabaseError or AppConfigError, or SeeOtherCheck where check database_login of the
        suite reports it.
        """
        try:
            secrets, settings = self.client("secretsmanager"), self.settings.app_config
            login = at_queue(self._login(), database, secrets, settings)
            return self.query_database.ask(request, login, parameters)
        except (AppConfigError, LoginRefused, DatabaseUnreachable):
            # Not what the other check tries.
            other_login = self.settings.app_config.iam_login or has_own_login(database)
            if other_login or "database_login" not in SUITES[self.request.suite]:
                raise
            raise SeeOtherCheck("database_login", "the database could not be asked") from None

    def ask_as_app(self, request: str) -> dict[str, Any]:
        """The same, always with the app's own password. Raises DatabaseError.

        Raises SeeOtherCheck where query_database itself is broken, and a check of it reports that.
        """
        login = self._app_login(iam_login=False)
        try:
            return self.query_database.ask(request, login)
        except DatabaseError as error:
            if self.request.suite == "self" and error.cause is DatabaseCause.CRASHED:
                raise SeeOtherCheck("query_database", "it gave no answer") from None
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
            raise ResourceMissing(logical_id) from None

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
