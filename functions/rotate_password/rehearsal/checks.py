"""The checks of a rehearsal: what would stop a rotation, and what it would break."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ops_common.answers.logins import LoginAnswer
from ops_common.ecs import Rollout
from rotate_password.adapters.database import RDS_PROXY_REMEDY
from rotate_password.adapters.ports import Ports
from rotate_password.adapters.secret import CURRENT, MAXIMUM_BYTES, PENDING, SecretState, last_turn
from rotate_password.conditions.expiry import SOON
from rotate_password.conditions.left_behind import passwords
from rotate_password.conditions.redeploy import rolling_out
from rotate_password.conditions.turns import is_first_turn, next_user, pair_of
from rotate_password.conditions.versions import Accepted
from rotate_password.reading.credentials import Credentials, SecretText
from rotate_password.steps.password import LENGTH
from rotate_password.words.cause import Cause

NEARLY_FULL = 0.9
REWRITE = "give it up through a role that both are members of (pg_has_role), or by a setting"


class Level(StrEnum):
    """What a finding means for the rotation."""

    OK = "ok"
    NOTE = "note"
    STOP = "stop"


@dataclass(frozen=True)
class Finding:
    """What one check observed; `remedy` where there is something to do."""

    check: str
    level: Level
    observed: str
    remedy: str = ""
    cause: Cause | None = None
    """Of the error that a check ended with; None where it came to its end."""


@dataclass(frozen=True)
class Stage:
    """What every check reads."""

    ports: Ports
    state: SecretState
    current: SecretText
    accepted: Accepted
    login: LoginAnswer

    @property
    def credentials(self) -> Credentials:
        """Who logs in today."""
        return self.accepted.credentials

    @property
    def successor(self) -> str:
        """Who would have the new password."""
        return next_user(self.ports, self.current, self.credentials)

    @property
    def now(self) -> datetime:
        """The time."""
        return self.ports.clock.now()


type Said = Iterator[tuple[Level, str, str]]
"""Level, what was seen, what to do."""


def _login(stage: Stage) -> Said:
    if stage.credentials == stage.current.credentials:
        yield Level.OK, f"{stage.credentials.user} logs in with the current version", ""
    else:
        version = stage.accepted.version
        yield Level.NOTE, f"the current version is refused, {version} is accepted", "rotate now"
    if stage.login.read_only:
        yield Level.STOP, "the endpoint is read-only", "point aurora_endpoint at the writer"
    if stage.ports.database.behind_rds_proxy:
        yield Level.STOP, "the address is Amazon RDS Proxy's", RDS_PROXY_REMEDY
    elif stage.login.pooled:
        remedy = "it must take the new password: PgBouncer by auth_query, not by a userlist.txt"
        yield Level.NOTE, "a proxy or pooler is in front of the database", remedy


def _secret(stage: Stage) -> Said:
    new = Credentials(stage.successor, "x" * LENGTH)
    held = passwords(stage.current, stage.credentials)
    size = len(stage.current.with_credentials(new, held).encode())
    level = Level.OK if size <= MAXIMUM_BYTES * NEARLY_FULL else Level.NOTE
    level = Level.STOP if size > MAXIMUM_BYTES else level
    yield level, f"{size:,} of {MAXIMUM_BYTES:,} bytes", "" if level is Level.OK else "make room"
    pending = stage.state.labels.get(PENDING)
    if pending not in (None, stage.state.labels[CURRENT]):
        yield Level.NOTE, f"a rotation isn't complete ({pending})", "rotating goes on with it"


def _copies(stage: Stage) -> Said:
    for key in stage.current.unusable_copies(passwords(stage.current, stage.credentials)):
        yield Level.STOP, f"the password isn't at {key}, a named copy", "fix PasswordCopies"
    for place, advice in stage.current.other_copies.items():
        yield Level.STOP, f"the password is also at {place}", advice
    if stage.successor == stage.current.login.user:
        return
    for key in stage.current.lone_copies:
        remedy = f"let who reads it take the user from {stage.current.shape.username_key}"
        yield Level.NOTE, f"{key} holds a password without its user, who changes", remedy


def _user(stage: Stage) -> Said:
    name, master = stage.successor, stage.ports.master
    yield Level.OK, f"{name} would have the new password", ""
    if master and master.managed() and master.name() == name:
        yield Level.STOP, f"Amazon RDS manages the password of {name}", "end that, or alternate"
    status = stage.ports.database.user_status(stage.credentials, name)
    if status is None:
        yield Level.STOP, f"there is no role {name}", "prepareRoles (docs/rotation.md)"
        return
    if not status.can_login:
        yield Level.STOP, f"{name} is NOLOGIN", f"ALTER ROLE {name} LOGIN"
    if status.by_token_alone:
        yield Level.STOP, f"{name} is a member of rds_iam", f"REVOKE rds_iam FROM {name}"
    if status.valid_until and status.valid_until < stage.now + SOON:
        level = Level.STOP if status.valid_until <= stage.now else Level.NOTE
        observed = f"{name} is VALID UNTIL {status.valid_until:%Y-%m-%d}"
        yield level, observed, f"ALTER ROLE {name} VALID UNTIL 'infinity'"
    if name != stage.credentials.user and status.sessions:
        applications = ", ".join(status.applications) or "without a name"
        observed = f"{status.sessions} sessions of {name} ({applications})"
        yield Level.STOP, observed, "deploy or stop what was started before the last turn"


def _turn(stage: Stage) -> Said:
    if not is_first_turn(stage.ports, stage.credentials, stage.successor):
        return
    found = stage.ports.database.inspect_turn(stage.credentials, pair_of(stage.ports))
    for database, answer in found.items():
        for each in answer.differences:
            level = Level.NOTE if each.carried else Level.STOP
            observed = f"{each.kind} {each.name} of {stage.credentials.user} in {database}"
            yield level, observed, "is carried over" if each.carried else each.statement or REWRITE


def _services(stage: Stage) -> Said:
    ports, names = stage.ports, stage.ports.choices.services
    if not names:
        return
    services = ports.services.describe(names)
    for service in services:
        if service.rollout is Rollout.UNKNOWN:
            yield Level.STOP, service.deployed_elsewhere, "take it out of the services"
        if service.rollout is Rollout.FAILED:
            observed = f"the last deployment of {service.name} has failed"
            yield Level.STOP, observed, "deploy a version that starts"
    for name in rolling_out(services):
        yield Level.STOP, f"{name} is being deployed", "wait for it"
    turned = last_turn(ports.secret)
    for name in names if turned else ():
        if turned and (count := ports.services.started_before(name, turned)):
            yield Level.NOTE, f"{count} tasks of {name} are from before the last rotation", "deploy"


def _readers(stage: Stage) -> Said:
    for reader in stage.ports.services.readers(stage.state.arn):
        if reader.service not in stage.ports.choices.services:
            remedy = "add it to OtherServices"
            yield Level.STOP, f"{reader.service} reads the secret and isn't redeployed", remedy
        if reader.pinned and reader.key in (None, stage.current.shape.password_key):
            remedy = "take version and label out of valueFrom"
            yield Level.STOP, f"{reader.service} asks for one version of the secret", remedy


CHECKS: dict[str, Callable[[Stage], Said]] = {
    "login": _login,
    "secret": _secret,
    "copies": _copies,
    "user": _user,
    "turn": _turn,
    "services": _services,
    "readers": _readers,
}
