"""The secret's labelled versions by age, and which of them the database accepts; no values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ops_common.app_config import AppConfigError
from ops_common.query_database import DatabaseError, LoginDisabled, LoginRefused
from rotate_password.adapters.ports import Ports
from rotate_password.adapters.secret import VersionInfo
from rotate_password.reading.credentials import Credentials


class Answer(StrEnum):
    """What the database says to a version."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DISABLED = "may not log in"
    """The role is NOLOGIN."""
    UNKNOWN = "no answer"
    """The database can't be reached, or says something else."""
    NO_PASSWORD = "no password"  # noqa: S105  # a word of the table
    """The version's text has none, or is no JSON object."""


@dataclass(frozen=True)
class Entry:
    """One version."""

    version: VersionInfo
    user: str
    answer: Answer


def timeline(ports: Ports) -> tuple[Entry, ...]:
    """Every labelled version, the newest first."""
    asked: dict[Credentials, Answer] = {}
    entries = []
    for version in sorted(ports.secret.history(), key=_made, reverse=True):
        credentials = _credentials(ports, version.id)
        if credentials is None:
            entries.append(Entry(version, "", Answer.NO_PASSWORD))
            continue
        if credentials not in asked:
            # One wait for a database out of reach is enough.
            known = Answer.UNKNOWN not in asked.values()
            asked[credentials] = _ask(ports, credentials) if known else Answer.UNKNOWN
        entries.append(Entry(version, credentials.user, asked[credentials]))
    return tuple(entries)


def answer(ports: Ports) -> dict[str, Any]:
    """The step `timeline`."""
    return as_json(timeline(ports))


def as_json(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """The answer of the step `timeline`."""
    return {
        "versions": [
            {
                "version": each.version.id,
                "made": each.version.created.isoformat(),
                "labels": list(each.version.labels),
                "user": each.user,
                "database": each.answer.value,
            }
            for each in entries
        ]
    }


def _credentials(ports: Ports, version: str) -> Credentials | None:
    try:
        text = ports.secret.read(version)
        return None if text is None else ports.shape.read(text).credentials
    except AppConfigError:
        return None


def _ask(ports: Ports, credentials: Credentials) -> Answer:
    try:
        ports.database.check(credentials)
    except LoginDisabled:
        return Answer.DISABLED
    except LoginRefused:
        return Answer.REFUSED
    except DatabaseError:
        return Answer.UNKNOWN
    return Answer.ACCEPTED


def _made(version: VersionInfo) -> datetime:
    return version.created
