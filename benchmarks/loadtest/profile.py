"""The profile file: what is asked for, the bounds, and what is good enough."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

METHODS = ("GET", "HEAD")


class BadProfile(Exception):
    """The profile, or what is asked of it, is not usable; the message says why."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field
        """Empty where it is the file as a whole."""


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
            raise BadProfile(f"{file} lacks {error}", str(error.args[0])) from None
        except BadProfile as error:
            raise BadProfile(f"{file}: {error}", error.field) from None
        except (ValueError, TypeError) as error:
            raise BadProfile(f"{file}: {error}") from None
        if not profile.requests:
            raise BadProfile(f"{file} has no [[request]]", "request")
        return profile

    def check(self, users: int, minutes: float) -> None:
        """Raises BadProfile where a run is beyond the bounds."""
        if not 1 <= users <= self.most_users:
            bound = f"USERS must be 1 to {self.most_users} (bounds.users), not {users}"
            raise BadProfile(bound, "USERS")
        if not 0 < minutes <= self.most_minutes:
            raise BadProfile(
                f"MINUTES must be above 0 and at most {self.most_minutes:g} (bounds.minutes),"
                f" not {minutes:g}",
                "MINUTES",
            )


def _request(values: Mapping[str, Any]) -> RequestKind:
    method, path = values.get("method", "GET"), values["path"]
    if method not in METHODS:
        must = f"method must be one of {', '.join(METHODS)}, not {method!r}"
        raise BadProfile(must, "method")
    if not str(path).startswith("/"):
        raise BadProfile(f"path must begin with /, not {path!r}", "path")
    return RequestKind(method, path, int(values.get("weight", 1)), int(values.get("status", 200)))
