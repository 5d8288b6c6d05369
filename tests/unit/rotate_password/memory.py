"""A secret in memory, and a fault or an intruder at any side effect."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from rotate_password.adapters.secret import (
    CURRENT,
    PENDING,
    PREVIOUS,
    SecretState,
    VersionInfo,
    VersionTaken,
)


class Killed(BaseException):
    """The process died; no `except Exception` may see it."""


class Clock:
    """Stands still but for a moment at each reading; sleeping moves it on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 25, 4, tzinfo=UTC)
        self.slept: list[float] = []
        self.tick = timedelta(milliseconds=1)

    def now(self) -> datetime:
        self.time += self.tick
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass
class Journal:
    """The side effects in their order, each of which can be made the last of its process."""

    effects: list[str] = field(default_factory=list)
    kill: tuple[str, str] | None = None
    after: Callable[[str], None] | None = None
    """Somebody else, who acts right after a side effect."""

    def happens(self, effect: str) -> Iterator[None]:
        """Before the first `next`: nothing yet. Between the two: the effect itself."""
        if self.kill == (effect, "before"):
            self.kill = None
            raise Killed
        yield
        self.effects.append(effect)
        if self.after:
            self.after(effect)
        if self.kill == (effect, "after"):
            self.kill = None
            raise Killed
        yield


@dataclass
class MemorySecret:
    """Versions and labels by the rules of AWS Secrets Manager."""

    clock: Clock
    journal: Journal
    versions: dict[str, str | None] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    last_changed: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    created: dict[str, datetime] = field(default_factory=dict)
    arn: str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:config-AbCdEf"

    def state(self) -> SecretState:
        return SecretState(self.arn, "config", dict(self.labels), self.last_changed)

    def read(self, version: str) -> str | None:
        assert version, "GetSecretValue without a version is another question"
        return self.versions.get(version)

    def history(self) -> tuple[VersionInfo, ...]:
        by_version: dict[str, list[str]] = {}
        for label, version in self.labels.items():
            by_version.setdefault(version, []).append(label)
        return tuple(
            VersionInfo(version, tuple(labels), self.created.get(version, self.last_changed))
            for version, labels in by_version.items()
        )

    def put(self, version: str, text: str, label: str) -> None:
        if self.versions.get(version) == text:
            return  # "the request is ignored" (PutSecretValue)
        effect = self.journal.happens(f"put {label}")
        next(effect)
        if self.versions.get(version) is not None:
            raise VersionTaken(version)
        self.versions[version] = text
        self.labels[label] = version
        self.last_changed = self.clock.now()
        self.created.setdefault(version, self.last_changed)
        next(effect)

    def move(self, label: str, *, source: str | None, target: str | None) -> bool:
        effect = self.journal.happens(f"move {label}")
        next(effect)
        if self.labels.get(label) != source:
            return False
        self._place(label, target)
        if label == CURRENT and source:
            self._place(PREVIOUS, source)
        self.last_changed = self.clock.now()
        next(effect)
        return True

    def edit(self, **changes: Any) -> None:
        """A person reads the current version, changes keys, and puts a new one."""
        content = json.loads(self.text()) | changes
        version = str(uuid.uuid4())
        self.versions[version] = json.dumps(content)
        self._place(PREVIOUS, self.labels[CURRENT])
        self._place(CURRENT, version)
        self.last_changed = self.clock.now()

    def begin_rotation(self) -> str:
        """What RotateSecret does before createSecret; refused as AWS refuses it."""
        pending = self.labels.get(PENDING)
        if pending not in (None, self.labels[CURRENT]):
            raise AssertionError("a previous rotation is in progress")
        token = str(uuid.uuid4())
        self.versions[token] = None
        self.labels[PENDING] = token
        return token

    def text(self) -> str:
        text = self.versions[self.labels[CURRENT]]
        assert text is not None
        return text

    def _place(self, label: str, version: str | None) -> None:
        self.labels.pop(label, None)
        if version is not None:
            self.labels[label] = version
