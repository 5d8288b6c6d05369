"""The operations of the ECS API that are stood in for, with ECS's own checks and errors."""

from collections.abc import Callable
from typing import Any

from local.ecs import events
from local.ecs.describe import describe_service, describe_task, describe_task_definition
from local.ecs.engine import Engine
from local.ecs.model import ARN, Service, Task, TaskDefinition
from local.ecs.protection import describe_protection, protect
from local.ecs.scheduler import deploy

type Json = dict[str, Any]
WITHOUT_CLUSTER = ("DescribeTaskDefinition", "DescribeServiceRevisions")


class ApiError(Exception):
    """An error as the API reports it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Api:
    """Answers requests on one cluster."""

    def __init__(self, engine: Engine, cluster: str) -> None:
        self._engine = engine
        self._cluster = cluster

    @property
    def operations(self) -> dict[str, Callable[[Json], Json]]:
        """By the name that a request gives."""
        return {
            "ListServices": self._list_services,
            "DescribeServices": self._describe_services,
            "UpdateService": self._update_service,
            "ListTasks": self._list_tasks,
            "DescribeTasks": self._describe_tasks,
            "DescribeTaskDefinition": self._describe_task_definition,
            "DescribeServiceRevisions": self._describe_service_revisions,
            "StopTask": self._stop_task,
            "UpdateTaskProtection": self._update_task_protection,
            "GetTaskProtection": self._get_task_protection,
        }

    def answer(self, operation: str, request: Json) -> Json:
        """The response to one request. Raises ApiError."""
        if operation not in self.operations:
            raise ApiError("UnknownOperationException", f"{operation} is not stood in for", 501)
        cluster = _name(request.get("cluster", "default"))
        if cluster != self._cluster and operation not in WITHOUT_CLUSTER:
            raise ApiError("ClusterNotFoundException", "Cluster not found.")
        self._engine.settle()
        with self._engine.lock:
            response = self.operations[operation](request)
        self._engine.settle()
        return response

    def _describe_services(self, request: Json) -> Json:
        names = request.get("services", [])
        if not 1 <= len(names) <= 10:
            raise _invalid("services: between 1 and 10 must be given")
        found = [self._engine.services.get(_name(name)) for name in names]
        return {
            "services": [describe_service(service) for service in found if service],
            "failures": [
                {"arn": f"{ARN}:service/{self._cluster}/{_name(name)}", "reason": "MISSING"}
                for name, service in zip(names, found, strict=True)
                if service is None
            ],
        }

    def _list_services(self, _request: Json) -> Json:
        return {"serviceArns": [service.arn for service in self._engine.services.values()]}

    def _update_service(self, request: Json) -> Json:
        service, now = self._service(request.get("service", "")), self._engine.clock()
        if "desiredCount" in request:
            count = request["desiredCount"]
            if not isinstance(count, int) or not 0 <= count <= 5000:
                raise _invalid(f"desiredCount must be between 0 and 5000, not {count}")
            service.desired = count
            service.primary.updated_at = now
        definition = service.primary.definition
        if "taskDefinition" in request:
            definition = self.definition(request["taskDefinition"])
        if request.get("forceNewDeployment") or definition != service.primary.definition:
            deploy(service, definition, now)
            event = events.deployment_event(service, service.primary, events.IN_PROGRESS)
            self._engine.send(event)
        return {"service": describe_service(service)}

    def definition(self, identifier: str) -> TaskDefinition:
        """By family (its newest revision), `family:revision` or ARN. Raises ApiError."""
        family, _, revision = _name(identifier).partition(":")
        for definition in reversed(self._engine.definitions.get(family, [])):
            if revision in ("", str(definition.revision)):
                return definition
        raise ApiError("ClientException", "Unable to describe task definition.")

    def _describe_task_definition(self, request: Json) -> Json:
        definition = self.definition(request.get("taskDefinition", ""))
        return {"taskDefinition": describe_task_definition(definition), "tags": []}

    def _describe_service_revisions(self, request: Json) -> Json:
        """The revision of a service's primary deployment, whatever its id is."""
        revisions = []
        for arn in request.get("serviceRevisionArns", []):
            service = self._service(arn.split("/")[-2])
            definition = service.primary.definition.arn
            revisions.append(
                {"serviceRevisionArn": arn, "serviceArn": service.arn, "taskDefinition": definition}
            )
        return {"serviceRevisions": revisions, "failures": []}

    def _list_tasks(self, request: Json) -> Json:
        if "serviceName" in request:
            tasks = self._service(request["serviceName"]).tasks
        else:
            tasks = [task for service in self._engine.services.values() for task in service.tasks]
        wanted = request.get("desiredStatus", "RUNNING")
        family, starter = request.get("family"), request.get("startedBy")
        arns = [
            task.arn
            for task in tasks
            if task.desired_status == wanted
            and family in (None, task.definition.family)
            and starter in (None, task.deployment_id)
        ]
        start, size = int(request.get("nextToken", 0)), min(request.get("maxResults", 100), 100)
        page: Json = {"taskArns": arns[start : start + size]}
        if start + size < len(arns):
            page["nextToken"] = str(start + size)
        return page

    def _describe_tasks(self, request: Json) -> Json:
        tasks, failures = self._tasks(request, limit=100)
        return {"tasks": [describe_task(task) for task in tasks], "failures": failures}

    def _stop_task(self, request: Json) -> Json:
        tasks, failures = self._tasks({"tasks": [request.get("task", "")]}, limit=1)
        if failures:
            raise _invalid("The referenced task was not found.")
        self._engine.stop(tasks[0], "UserInitiated", request.get("reason", "Task stopped by user"))
        return {"task": describe_task(tasks[0])}

    def _get_task_protection(self, request: Json) -> Json:
        tasks, failures = self._tasks({"tasks": [], **request}, limit=100)
        now = self._engine.clock()
        return {
            "protectedTasks": [describe_protection(task, now) for task in tasks],
            "failures": failures,
        }

    def _update_task_protection(self, request: Json) -> Json:
        minutes = request.get("expiresInMinutes", 120)
        if not 1 <= minutes <= 2880:
            raise _invalid("expiresInMinutes must be between 1 and 2880")
        tasks, failures = self._tasks(request, limit=10)
        enabled = bool(request.get("protectionEnabled"))
        changed, refused = protect(self._engine, tasks, minutes if enabled else None)
        return {"protectedTasks": changed, "failures": [*failures, *refused]}

    def _service(self, identifier: str) -> Service:
        service = self._engine.services.get(_name(identifier))
        if service is None:
            raise ApiError("ServiceNotFoundException", "Service not found.")
        return service

    def _tasks(self, request: Json, limit: int) -> tuple[list[Task], list[Json]]:
        asked = request.get("tasks", [])
        if len(asked) > limit:
            raise _invalid(f"tasks: at most {limit} may be given, not {len(asked)}")
        known = {task.id: task for item in self._engine.services.values() for task in item.tasks}
        found = [known[_name(item)] for item in asked if _name(item) in known]
        missing = [item for item in asked if _name(item) not in known]
        return found, [
            {"arn": f"{ARN}:task/{self._cluster}/{_name(item)}", "reason": "MISSING"}
            for item in missing
        ]


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def _name(identifier: str) -> str:
    """The last part of an ARN, or the name itself."""
    return identifier.rsplit("/", 1)[-1]
