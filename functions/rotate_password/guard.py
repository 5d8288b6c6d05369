"""No password is changed while one of the services is being deployed.

Tasks of a rollout would boot with a password that is about to change; and alternating users need
every task to run with the current user before the other one gets a new password.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from ops_common.ecs import Service
from rotate_password.clock import Clock

LOOK_EVERY_SECONDS = 15


class RolloutInProgress(Exception):
    """A service is still being deployed; to be tried again (Secrets Manager does)."""


def rolling_out(services: Sequence[Service]) -> tuple[str, ...]:
    """The names of the services that are being deployed."""
    return tuple(service.name for service in services if service.rolling_out)


def wait_for_rollouts(
    describe: Callable[[], Sequence[Service]], clock: Clock, wait_seconds: int
) -> None:
    """Return once no service is being deployed. Raises RolloutInProgress after `wait_seconds`."""
    deadline = clock.now() + timedelta(seconds=wait_seconds)
    while names := rolling_out(describe()):
        if clock.now() >= deadline:
            raise RolloutInProgress(
                f"{', '.join(names)} still being deployed after a wait of {wait_seconds} s;"
                " nothing was changed, and Secrets Manager will try again"
            )
        clock.sleep(LOOK_EVERY_SECONDS)
