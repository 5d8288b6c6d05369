"""The profile file: what is asked for, the bounds, and what is good enough."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

METHODS = ("GET", "HEAD")


class BadProfile(Exception):
    """The profile, or what is asked of it, is not usable; the message names the field."""


@dataclass(frozen=True)
class RequestKind:
    """One kind of request, weighted against the others. Only those that change nothing."""

    method: str
    path: str
    weight: int
    status: int


@dataclass(frozen=True)
class Profile:
    """The whole file."""

    most_users: int
    most_minutes: float
    failed_share: float
    p95_seconds: float
    shortest_pause_seconds: float
    longest_pause_seconds: float
    requests: tuple[RequestKind, ...]

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a TOML file. Raises BadProfile."""
        try:
            values = tomllib.loads(file.read_text())
            profile = cls(
                most_users=int(values["bounds"]["users"]),
                most_minutes=float(values["bounds"]["minutes"]),
                failed_share=float(values["limits"]["failed_share"]),
                p95_seconds=float(values["limits"]["p95_seconds"]),
                shortest_pause_seconds=float(values["pause"]["shortest_seconds"]),
                longest_pause_seconds=float(values["pause"]["longest_seconds"]),
                requests=tuple(_request(each) for each in values["request"]),
            )
        except OSError as error:
            raise BadProfile(f"{file}: {error.strerror}") from None
        except KeyError as error:
            raise BadProfile(f"{file} lacks {error}") from None
        except (ValueError, TypeError) as error:
            raise BadProfile(f"{file}: {error}") from None
        if not profile.requests:
            raise BadProfile(f"{file} has no [[request]]")
        return profile

    def check(self, users: int, minutes: float) -> None:
        """Raises BadProfile where a run is beyond the bounds."""
        if not 1 <= users <= self.most_users:
            raise BadProfile(f"USERS must be 1 to {self.most_users} (bounds.users), not {users}")
        if not 0 < minutes <= self.most_minutes:
            raise BadProfile(
                f"MINUTES must be above 0 and at most {self.most_minutes:g} (bounds.minutes),"
                f" not {minutes:g}"
            )


def _request(values: Mapping[str, Any]) -> RequestKind:
    method, path = values.get("method", "GET"), values["path"]
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    if not str(path).startswith("/"):
        raise ValueError(f"path must begin with /, not {path!r}")
    return RequestKind(method, path, int(values.get("weight", 1)), int(values.get("status", 200)))
