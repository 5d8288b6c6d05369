"""New tasks for the services that read the password at boot, once per rotation and at rest only.

No password is changed while one of them is being deployed: tasks of a rollout would boot with a
password that is about to change; and alternating users need every task to run with the current
user before the other one gets a new password.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ops_common.ecs import Rollout, Service
from rotate_password.adapters.clock import Clock
from rotate_password.adapters.services import Services

ASK_EVERY_SECONDS = 15


class Held(Exception):
    """Nothing was changed, for it is not the time; to be tried again (Secrets Manager does)."""


class RolloutInProgress(Held):
    """A service is still being deployed."""

    def __init__(self, services: tuple[str, ...], waited_seconds: int) -> None:
        super().__init__(
            f"{', '.join(services)} still being deployed after a wait of {waited_seconds} s;"
            " nothing was changed, and Secrets Manager will try again"
        )
        self.services = services
        self.waited_seconds = waited_seconds


class NotDeployable(Held):
    """New tasks of a service could not be had after the change."""

    def __init__(self, service: Service) -> None:
        super().__init__(
            f"{service.deployed_elsewhere} and can't replace its tasks"
            if service.rollout is Rollout.UNKNOWN
            else f"the last deployment of {service.name} has failed, so its tasks could not be"
            " replaced after the change; deploy a version that starts, then rotate"
        )
        self.service = service.name
        self.rollout = service.rollout
        self.controller = service.controller


class RedeployFailed(Exception):
    """Not every service has new tasks; every one was tried. The first error is its cause."""

    def __init__(self, redeployed: tuple[str, ...], failures: Mapping[str, Exception]) -> None:
        super().__init__(", ".join(failures))
        self.redeployed = redeployed
        self.failures = failures


def rolling_out(services: Sequence[Service]) -> tuple[str, ...]:
    """The names of the services that are being deployed."""
    return tuple(service.name for service in services if service.rolling_out)


def wait_for_rollouts(
    services: Services, names: tuple[str, ...], clock: Clock, wait_seconds: int
) -> bool:
    """Return once no service is being deployed; whether that took a wait.

    Raises RolloutInProgress after `wait_seconds`, and NotDeployable at once: no wait changes it.
    """
    deadline, waited = clock.now() + timedelta(seconds=wait_seconds), False
    while names and (busy := rolling_out(_deployable(services.describe(names)))):
        if clock.now() >= deadline:
            raise RolloutInProgress(busy, wait_seconds)
        clock.sleep(ASK_EVERY_SECONDS)
        waited = True
    return waited


def _deployable(services: Sequence[Service]) -> Sequence[Service]:
    for service in services:
        if service.rollout in (Rollout.UNKNOWN, Rollout.FAILED):
            raise NotDeployable(service)
    return services


def outdated(services: Sequence[Service], since: datetime | None) -> tuple[str, ...]:
    """The services whose tasks may have read the secret before `since` (None: all of them).

    A deployment begun later has booted its tasks with the new password, whoever began it. So
    there is nothing to remember, and a repeated step redeploys only what it has not yet.
    """
    return tuple(
        service.name
        for service in services
        if since is None or not service.deployments or service.primary.created_at <= since
    )


def redeploy(services: Services, names: tuple[str, ...], since: datetime | None) -> tuple[str, ...]:
    """Redeploy what is outdated and return its names.

    Raises RedeployFailed once each was tried, so that one refusal leaves no other service with a
    password that is dead.
    """
    if not names:
        return ()
    failures: dict[str, Exception] = {}
    chosen = outdated(services.describe(names), since)
    for name in chosen:
        try:
            services.redeploy(name)
        except Exception as error:  # noqa: BLE001  # whatever it is, the others are to be tried
            failures[name] = error
    if failures:
        done = tuple(name for name in names if name not in failures)
        raise RedeployFailed(done, failures) from next(iter(failures.values()))
    return chosen
