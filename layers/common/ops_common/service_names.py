"""The app's ECS services by what they are for, as the template lists them."""

from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from .settings import Environment

MOST = 10
"""As many as the template has places for, and DescribeServices takes at once."""


class ServiceNames(NamedTuple):
    """Names of services; each list may be empty."""

    web: tuple[str, ...] = ()
    worker: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    """Neither web nor scaled workers, but readers of the secret all the same."""

    @property
    def all(self) -> tuple[str, ...]:
        """Every service once."""
        return tuple(dict.fromkeys(self.web + self.worker + self.other))

    @classmethod
    def from_environment(cls, env: "Environment") -> Self:
        """Read the three lists; more services than there are places for is a problem."""
        services = cls(
            web=env.names("WEB_SERVICES", ""),
            worker=env.names("WORKER_SERVICES", ""),
            other=env.names("OTHER_SERVICES", ""),
        )
        if len(services.all) > MOST:
            env.reject(
                "WEB_SERVICES",
                f"with WORKER_SERVICES and OTHER_SERVICES has more than {MOST} names",
            )
        return services
