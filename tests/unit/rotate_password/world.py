"""A whole rotation in memory: the ports of rotate_password, and a fault at any side effect."""

import json
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ops_common.answers.logins import LoginAnswer, RolesAnswer, UsersAnswer, UserStatus
from ops_common.answers.turns import Difference, TurnAnswer
from ops_common.ecs import Deployment, Service
from ops_common.ops_events import OpsEvent
from ops_common.query_database import (
    DatabaseAddress,
    DatabaseRefused,
    DatabaseUnreachable,
    Login,
    LoginDisabled,
    LoginRefused,
)
from rotate_password.adapters.database import Database
from rotate_password.adapters.ports import Choices, Ports
from rotate_password.adapters.secret import CURRENT
from rotate_password.adapters.services import Reader
from rotate_password.conditions.outcome import Done
from rotate_password.reading.credentials import Credentials, SecretShape
from rotate_password.steps import change_password, finish
from tests.unit.rotate_password.memory import Clock, Journal, MemorySecret

ADDRESS = DatabaseAddress("aurora.internal", 5432, "jiki_production")
USERS = ("jiki_a", "jiki_b")
SERVICES = ("jiki-api-web", "jiki-api-solid-queue")
STEPS = {
    "createSecret": change_password.create_secret,
    "setSecret": change_password.set_secret,
    "testSecret": change_password.test_secret,
    "finishSecret": finish.finish_secret,
}


@dataclass
class MemoryDatabase:
    """Roles with passwords, behind the port of query_database."""

    journal: Journal
    clock: Clock
    roles: dict[str, str]
    prepared: bool = True
    unreachable_times: int = 0
    created: list[str] = field(default_factory=list)
    prepared_in: list[str] = field(default_factory=list)
    differences: tuple[Difference, ...] = ()
    other_databases: tuple[str, ...] = ()
    sessions: dict[str, list[int]] = field(default_factory=dict)
    """By user, how many sessions the next looks find; the last one stays."""
    nologin: set[str] = field(default_factory=set)
    by_token: set[str] = field(default_factory=set)
    """Members of rds_iam."""
    valid_until: dict[str, datetime] = field(default_factory=dict)

    def status(self, user: str) -> UserStatus:
        counts = self.sessions.get(user, [0])
        count = counts.pop(0) if len(counts) > 1 else counts[0]
        names = ("puma",) if count else ()
        can_login = user not in self.nologin
        until, by_token = self.valid_until.get(user), user in self.by_token
        return UserStatus(user, can_login, until, count, names, by_token)

    def ask(
        self, request: str, login: Login, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if self.unreachable_times:
            self.unreachable_times -= 1
            raise DatabaseUnreachable("aurora.internal:5432 did not answer within 5 s")
        until = self.valid_until.get(login.user)
        expired = until is not None and until <= self.clock.time
        # PostgreSQL says the same to both.
        if expired or self.roles.get(login.user) != login.password:
            raise LoginRefused(f"aurora.internal:5432 refused the login of {login.user}")
        if login.user in self.nologin:
            raise LoginDisabled(f"aurora.internal:5432 doesn't let {login.user} log in")
        if request == "set_password":
            assert parameters is not None
            whose = parameters["user"]
            if login.user != whose and not (self.prepared and whose in USERS):
                raise DatabaseRefused(f"{login.user} may not set the password of {whose}")
            effect = self.journal.happens("set password")
            next(effect)
            self.roles[parameters["user"]] = parameters["new_password"]
            next(effect)
        if request == "prepare_roles":
            assert parameters == {"users": list(USERS), "owner_role": "jiki_owner"}
            self.prepared_in.append(login.address.name)
            left = tuple(each for each in self.differences if not each.carried)
            carried = tuple(each.name for each in self.differences if each.carried)
            self.differences = left
            answer = RolesAnswer(tuple(self.created), USERS, "jiki_owner", carried, left)
            return answer.as_json()
        if request == "inspect_turn":
            others = self.other_databases if login.address.name == ADDRESS.name else ()
            return TurnAnswer(self.differences, others).as_json()
        if request == "inspect_users":
            assert parameters is not None
            asked = parameters["users"]
            found = [self.status(name) for name in asked if name in self.roles]
            return UsersAnswer(tuple(found)).as_json()
        assert request in ("check_login", "set_password")
        users = USERS if self.prepared else ()
        return LoginAnswer(login.user, login.user, "16.6", "TLSv1.3", users, until).as_json()


@dataclass
class MemoryMaster:
    """Sets the master's password at once; Amazon RDS takes minutes."""

    database: MemoryDatabase
    user: str = "jiki"
    is_managed: bool = False
    asked: list[str] = field(default_factory=list)

    def name(self) -> str:
        return self.user

    def managed(self) -> bool:
        return self.is_managed

    def begin_reset(self, password: str) -> None:
        effect = self.database.journal.happens("reset master")
        next(effect)
        self.asked.append(password)
        self.database.roles[self.user] = password
        next(effect)


@dataclass
class MemoryServices:
    """Two services; a redeployment is complete at once unless one is said to roll out."""

    clock: Clock
    journal: Journal
    deployed: dict[str, list[datetime]] = field(default_factory=dict)
    rolling: int = 0
    """How many more looks find the first service rolling out."""
    refused: set[str] = field(default_factory=set)
    found_readers: list[Reader] = field(default_factory=list)
    by_others: set[str] = field(default_factory=set)
    """Those that CodeDeploy deploys."""

    def describe(self, names: tuple[str, ...]) -> list[Service]:
        assert names, "ECS refuses an empty list (InvalidParameterException)"
        rolling, self.rolling = self.rolling > 0, max(0, self.rolling - 1)
        services = [
            _service(name, self.deployed[name], rolling and name == names[0]) for name in names
        ]
        return [
            service._replace(deployments=()) if service.name in self.by_others else service
            for service in services
        ]

    def started_before(self, name: str, moment: datetime) -> int:
        return sum(deployed < moment for deployed in self.deployed[name][-1:])

    def readers(self, secret_arn: str) -> list[Reader]:
        return self.found_readers

    def redeploy(self, name: str) -> None:
        if name in self.refused:
            raise PermissionError(name)
        effect = self.journal.happens(f"redeploy {name}")
        next(effect)
        self.deployed[name].append(self.clock.now())
        next(effect)


def _service(name: str, deployed: list[datetime], rolling: bool) -> Service:
    state = "IN_PROGRESS" if rolling else "COMPLETED"
    deployment = Deployment(
        f"ecs-svc/{len(deployed)}", True, state, "", deployed[-1], "jiki:1", 1, 1, 0
    )
    return Service(name, f"arn:{name}", 1, 1, 0, "jiki:1", (deployment,))


class World:
    """Everything that a rotation touches, and Secrets Manager's way of running one."""

    def __init__(self, *, alternating: bool = False, copies: tuple[str, ...] = ()) -> None:
        self.copies = copies
        self.host = ADDRESS.host
        self.clock = Clock()
        self.journal = Journal()
        content = {"hmac_secret": "h", "aurora_password": "first", "jwt_secret": "j"}
        content |= {"aurora_username": "jiki_a"} if alternating else {}
        self.secret = MemorySecret(self.clock, self.journal)
        self.secret.versions["v0"] = json.dumps(content)
        self.secret.labels[CURRENT] = "v0"
        roles = {"jiki": "first", "jiki_a": "first", "jiki_b": "unknown"}
        self.database = MemoryDatabase(self.journal, self.clock, roles)
        self.services = MemoryServices(self.clock, self.journal)
        self.services.deployed = {name: [self.clock.now()] for name in SERVICES}
        self.events: list[OpsEvent] = []
        self.master: Any = None

    def publish(self, event: OpsEvent) -> None:
        effect = self.journal.happens(f"publish {event.kind}")
        next(effect)
        self.events.append(event)
        next(effect)

    def ports(self, **policy: Any) -> Ports:
        """What a fresh process builds."""
        shape = SecretShape(
            secret_id="config",
            password_key="aurora_password",
            username_key="aurora_username",
            alternating_users=USERS,
            user_of=lambda content: content.get("aurora_username", "jiki"),
            copies=self.copies,
        )
        choices = {
            "services": SERVICES,
            "rollout_wait_seconds": 60,
            "owner_role": "jiki_owner",
            "queue_database": "",
            "may_reset": self.master is not None and not self.master.is_managed,
        } | policy
        return Ports(
            secret=self.secret,
            shape=shape,
            database=Database(self.database, replace(ADDRESS, host=self.host)),
            services=self.services,
            publish=self.publish,
            master=self.master,
            clock=self.clock,
            choices=Choices(**choices),
        )

    def step(self, name: str, token: str, **policy: Any) -> Done:
        return STEPS[name](self.ports(**policy), token)

    def rotate(self, token: str | None = None) -> str:
        """All four steps; the token of the rotation."""
        token = token or self.secret.begin_rotation()
        for name in STEPS:
            self.step(name, token)
        return token

    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.secret.text())
        return content

    def current(self) -> Credentials:
        content = self.content()
        return Credentials(content.get("aurora_username", "jiki"), content["aurora_password"])

    def told(self, kind: str) -> list[OpsEvent]:
        return [event for event in self.events if event.kind == kind]
