"""A small world in which a whole deployment is played: tasks, logs, targets, a queue and time.

All of it is what AWS and the database would answer at the moment of `World.now`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ops_common.answers.queue_health import QueueHealth
from ops_common.query_database import Login, LoginRefused
from probe_deployment.http_answer import Answer
from probe_deployment.http_get import Listener

WEB, WORKER = "jiki-api-web", "jiki-api-solid-queue"
BEGAN = datetime(2026, 1, 15, 10, 20, tzinfo=UTC)
"""When the deployment that is played begins."""
ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/jiki/api"
ARN = "arn:aws:ecs:eu-west-1:123456789012:"
ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:"
GROUP = f"{ELB}targetgroup/jiki/1"
GREEN_GROUP = GROUP.replace("/jiki/1", "/jiki/2")
BALANCER = f"{ELB}loadbalancer/app/jiki/1"
INTERNAL = f"{ELB}loadbalancer/app/internal/1"
TEST_LISTENER = BALANCER.replace(":loadbalancer/", ":listener/") + "/2"
TEST_RULE = BALANCER.replace(":loadbalancer/", ":listener-rule/") + "/2/3"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:config-a1B2c3"
EXITED = ("EssentialContainerExited", "Essential container in task exited")
UNHEALTHY = ("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group x)")
SCALED_IN = ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/new)")
SPOT = ("SpotInterruption", "Your Spot Task was interrupted.")

START_UP = timedelta(seconds=30)
"""ECS lists a task so long before it runs."""

type Minute = tuple[float, float, float]
"""Requests, 5xx and p95 of a minute at the target group."""


def after(seconds: float) -> datetime:
    """A moment so long after the deployment began."""
    return BEGAN + timedelta(seconds=seconds)


@dataclass
class FakeTask:
    """A task, and how it ends."""

    id: str
    service: str
    started: datetime
    new: bool = True
    zone: str = "eu-west-1a"
    image: str = f"{ECR}:new"
    digest: str = "sha256:1"
    ended: datetime | None = None
    how: tuple[str, str] = EXITED
    exit_code: int | None = 1
    why: str = ""
    address: str = ""
    """Of its network interface, at which it is a target."""
    redeployed: bool = False
    """Whether it has the new task definition, for that was deployed again by force."""

    @property
    def arn(self) -> str:
        return f"{ARN}task/jiki-production/{self.id}"

    def described(self, now: datetime) -> dict[str, Any]:
        """As DescribeTasks has it at that moment."""
        stopped = self.ended is not None and self.ended <= now
        status = "STOPPED" if stopped else "RUNNING" if self.started <= now else "PENDING"
        container: dict[str, Any] = {"name": "app", "image": self.image}
        container["imageDigest"] = self.digest
        raw: dict[str, Any] = {
            "taskArn": self.arn,
            "lastStatus": status,
            "desiredStatus": "STOPPED" if stopped else "RUNNING",
            "taskDefinitionArn": definition(self.service, new=self.new or self.redeployed),
            "startedBy": "ecs-svc/new" if self.new else "ecs-svc/old",
            "createdAt": self.started - START_UP,
            "startedAt": self.started,
            "availabilityZone": self.zone,
            "containers": [container],
        }
        if status == "PENDING":
            del raw["startedAt"]
        if self.address:
            details = [{"name": "privateIPv4Address", "value": self.address}]
            raw["attachments"] = [{"type": "ElasticNetworkInterface", "details": details}]
        if stopped:
            container |= {"exitCode": self.exit_code, "reason": self.why}
            raw |= {"stoppedAt": self.ended, "stopCode": self.how[0], "stoppedReason": self.how[1]}
        return raw


def definition(service: str, *, new: bool = True) -> str:
    return f"{ARN}task-definition/{service}:{2 if new else 1}"


@dataclass
class World:
    """What there is; the defaults are a good deployment of two web tasks or one worker task."""

    service: str = WEB
    now: datetime = BEGAN
    tasks: list[FakeTask] = field(default_factory=list)
    completed: datetime | None = field(default_factory=lambda: after(120))
    """When ECS calls the rollout COMPLETED; None where it never does."""
    gave_up: datetime | None = None
    """When ECS gave it up, without a roll back of its own."""
    refuses_login_until: datetime = BEGAN
    """Until when the database refuses the app's password."""
    desired: int = 2
    description: Callable[[datetime], Mapping[str, Any]] = lambda _: {}
    """What DescribeServices has otherwise, of the service that is deployed."""
    lines: list[tuple[datetime, str, str]] = field(default_factory=list)
    """When, of which task, and what it wrote."""
    answer: Callable[[datetime], Answer] = lambda _: Answer(200, {"x-request-id": "1"}, 0.05)
    targets: Callable[[datetime], list[tuple[str, str]]] = lambda _: [("healthy", "")] * 2
    traffic: Callable[[datetime], Minute] = lambda _: (60, 0, 0.1)
    balancers: dict[str, str] = field(default_factory=dict)
    """Of a target group that is behind another load balancer."""
    traffic_of: dict[str, Callable[[datetime], Minute]] = field(default_factory=dict)
    """Of a target group that has its own."""
    processes: Callable[[datetime], list[datetime]] = lambda _: [after(60)]
    """When Solid Queue's processes registered that have a current heartbeat."""
    kinds: tuple[str, ...] = ("Worker", "Dispatcher")
    """Of those processes."""
    older_processes: list[dict[str, Any]] = field(default_factory=list)
    """Of other services."""
    queue: Callable[[datetime], QueueHealth] = lambda now: QueueHealth(0, 0, None, now, now)
    migrating: Callable[[datetime], bool] = lambda _: False
    pinned: str = ""
    """What follows the secret's ARN in the task definition."""
    secret_since: datetime = field(default_factory=lambda: after(-86_400))
    evens_zones_out: bool = False
    """Whether ECS moves tasks until the zones are even."""
    missing: set[str] = field(default_factory=set)
    """Services that are not there."""
    deployed: list[str] = field(default_factory=list)
    """What UpdateService was asked for."""
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    answer_at_listener: Callable[[Listener], Answer] = lambda _: Answer(
        200, {"x-request-id": "1"}, 0.05
    )
    resolved: dict[str, Any] = field(default_factory=dict)
    """A service revision's resolvedConfiguration."""
    asked: list[Listener] = field(default_factory=list)
    """Listeners that were asked."""

    def get(self, _url: str, _ca: str, at: Listener | None = None) -> Answer:
        """The port HttpGet."""
        if at is None:
            return self.answer(self.now)
        self.asked.append(at)
        return self.answer_at_listener(at)

    def ask(
        self, request: str, login: Login, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The port QueryDatabase."""
        if self.now < self.refuses_login_until:
            raise LoginRefused("password authentication failed")
        processes = [
            {
                "kind": kind,
                "hostname": "ip-10-1-2-3",
                "registered_at": at.isoformat(),
                "heartbeat_age_seconds": 9.0,
                "claims": 0,
            }
            for at in self.processes(self.now)
            for kind in self.kinds
        ] + self.older_processes
        answers: dict[str, dict[str, Any]] = {
            "check_login": {"session_user": login.user, "server_version": "16.6", "tls": "TLSv1.3"},
            "connection_usage": {
                "used": 20,
                "max_connections": 189,
                "reserved": 3,
                "by_application": {},
            },
            "migrations": {"running": self.migrating(self.now), "versions": {"public": "2026"}},
            "queue_processes": {"processes": processes, "orphaned_claims": 0, "alive_seconds": 300},
            "queue_health": self.queue(self.now).as_json(),
        }
        return answers[request]

    def present(self, status: str) -> Iterator[FakeTask]:
        """Tasks that ECS lists with that desired status now."""
        listed = (each for each in self.tasks if each.started <= self.now + START_UP)
        yield from (one for one in listed if one.described(self.now)["desiredStatus"] == status)

    def service_description(self, name: str) -> dict[str, Any]:
        """As DescribeServices has it; the service that isn't deployed is at rest."""
        deployed = name == self.service
        running = [
            task
            for task in self.present("RUNNING")
            if task.service == name and task.started <= self.now
        ]
        new = [task for task in running if task.new]
        pending = sum(each.service == name for each in self.present("RUNNING")) - len(running)
        ended = self.completed is not None and self.now >= self.completed
        primary = _deployment("ecs-svc/new", definition(name), len(new), self.desired)
        failed = self.gave_up is not None and self.now >= self.gave_up
        primary["rolloutState"] = "FAILED" if failed else "COMPLETED" if ended else "IN_PROGRESS"
        old = _deployment("ecs-svc/old", definition(name, new=False), len(running) - len(new), 1)
        old |= {"createdAt": after(-86_400), "status": "ACTIVE"}
        at_rest = [old | {"status": "PRIMARY", "rolloutState": "COMPLETED", "desiredCount": 1}]
        described = {
            "serviceName": name,
            "serviceArn": f"{ARN}service/jiki-production/{name}",
            "status": "ACTIVE",
            "desiredCount": self.desired if deployed else 1,
            "runningCount": len(running) if deployed else 1,
            "pendingCount": pending if deployed else 0,
            "deployments": [primary, *([] if ended else [old])] if deployed else at_rest,
            "loadBalancers": [{"targetGroupArn": GROUP}] if name == WEB else [],
            "availabilityZoneRebalancing": "ENABLED" if self.evens_zones_out else "DISABLED",
            "events": [{"message": f"({name}) was unable to place a task"}],
        }
        return described | (self.description(self.now) if deployed else {})


def _deployment(id_: str, definition_: str, running: int, desired: int) -> dict[str, Any]:
    return {
        "id": id_,
        "status": "PRIMARY",
        "createdAt": BEGAN,
        "taskDefinition": definition_,
        "runningCount": running,
        "desiredCount": desired,
    }


def deployed(service: str = WEB, **changes: Any) -> World:
    """A deployment of a service whose tasks are two (of the worker one), old ones and new ones."""
    zones = ("eu-west-1a", "eu-west-1b") if service == WEB else ("eu-west-1a",)
    old = [
        FakeTask(f"old{number}", service, after(-7200), new=False, zone=zone, ended=after(110))
        for number, zone in enumerate(zones)
    ]
    for task in old:
        task.image, task.digest, task.how, task.exit_code = f"{ECR}:old", "sha256:0", SCALED_IN, 143
    new = [
        FakeTask(f"new{number}", service, after(40), zone=zone) for number, zone in enumerate(zones)
    ]
    world = World(service=service, tasks=[*old, *new], desired=len(zones))
    for name, value in changes.items():
        setattr(world, name, value)
    return world


def with_tasks_that_end(world: World, *, every: int, until: int, seconds: int) -> World:
    """No old task ends; a new one starts so often, and ends so many seconds later."""
    for old in world.tasks[:2]:
        old.ended = None
    world.tasks[2:] = [
        FakeTask(f"new{number}", world.service, after(40 + at), ended=after(40 + at + seconds))
        for number, at in enumerate(range(0, until, every))
    ]
    return world
