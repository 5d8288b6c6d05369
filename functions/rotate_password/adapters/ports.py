"""What the steps of a rotation work with."""

from dataclasses import dataclass

from ops_common.ops_events import PublishEvent
from rotate_password.adapters.clock import Clock
from rotate_password.adapters.database import Database
from rotate_password.adapters.master_reset import MasterUser
from rotate_password.adapters.secret import Secret
from rotate_password.adapters.services import Services
from rotate_password.reading.credentials import SecretShape


@dataclass(frozen=True)
class Choices:
    """The choices that the template leaves to a team."""

    services: tuple[str, ...]
    rollout_wait_seconds: int
    owner_role: str
    queue_database: str
    """The database of Solid Queue's tables; empty where that is the app's own."""
    may_reset: bool = False
    """Whether Amazon RDS may be asked to set a lost password of the master user."""


@dataclass(frozen=True)
class Ports:
    """The collaborators of every step."""

    secret: Secret
    shape: SecretShape
    database: Database
    services: Services
    publish: PublishEvent
    master: MasterUser | None
    """None where the cluster is not named."""
    clock: Clock
    choices: Choices
