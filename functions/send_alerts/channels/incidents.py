"""Incidents and storms in DynamoDB: items that only whoever saw their last version may change."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from ops_common.datetimes import parse_optional
from ops_common.observability import logger
from ops_common.versioned_item import Conflict, Items
from send_alerts.incident.history import FLAP_WINDOW, History
from send_alerts.incident.incident import Incident
from send_alerts.incident.storm import Storms

ATTEMPTS = 20
STORMS_ID = "storm#newest"
INCIDENT_ID = "incident#{key}"


class Held(NamedTuple):
    """An incident as read, with what is needed to write it back."""

    incident: Incident
    version: int
    leased_until: datetime | None
    """Until then another invocation sends its notifications; it alone may."""
    summary: str = ""
    """What a list of incidents shows of it (ops_common.on_call.summaries); empty for nothing."""


class IncidentStore(Protocol):
    """The port of the incidents; tests give one in memory."""

    def load(self, key: str) -> Held:
        """The incident of a key, a new one if there is none."""

    def save(self, held: Held, now: datetime) -> Held:
        """Write it back; the new version. Raises Conflict."""

    def due_before(self, at: datetime) -> list[str]:
        """The keys of those whose follow-up was to come before a time, and has not."""


class StormStore(Protocol):
    """The port of the one item that counts new incidents; tests give one in memory."""

    def read(self) -> Storms:
        """As it stands."""

    def change[T](self, change: Callable[[Storms], tuple[Storms, T]]) -> T:
        """Change it, and give what `change` gave beside. Raises Conflict."""


class DynamoIncidents:
    """IncidentStore on the table of the stack."""

    def __init__(self, items: Items, flap_window: timedelta = FLAP_WINDOW) -> None:
        self._items = items
        self._flap_window = flap_window

    def load(self, key: str) -> Held:
        """See IncidentStore. An item of another form (an older release's) is a new incident."""
        version, values, summary = self._items.read(INCIDENT_ID.format(key=key))
        new = Held(Incident(key, History(flap_window=self._flap_window)), version, None)
        if values is None:
            return new
        try:
            incident = Incident.from_json(values, self._flap_window)
            return Held(incident, version, parse_optional(values["leased_until"]), summary)
        except (KeyError, TypeError, ValueError) as error:
            logger.warning("incident of another form begins anew", key=key, reason=str(error))
            return new

    def save(self, held: Held, now: datetime) -> Held:
        """See IncidentStore."""
        leased = held.leased_until and held.leased_until.isoformat()
        document = {**held.incident.as_json(), "leased_until": leased}
        follow_up = held.incident.follow_up
        version = self._items.write(
            INCIDENT_ID.format(key=held.incident.key),
            held.version,
            document,
            now,
            held.summary,
            follow_up.due_at if follow_up else None,
        )
        return held._replace(version=version)

    def due_before(self, at: datetime) -> list[str]:
        """See IncidentStore."""
        prefix = INCIDENT_ID.format(key="")
        return [item_id.removeprefix(prefix) for item_id in self._items.due_before(at)]


class DynamoStorms:
    """StormStore on the table of the stack."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def read(self) -> Storms:
        """See StormStore."""
        return self._read()[1]

    def change[T](self, change: Callable[[Storms], tuple[Storms, T]]) -> T:
        """See StormStore; tried again as long as somebody else was faster."""
        for _ in range(ATTEMPTS):
            version, before = self._read()
            after, result = change(before)
            if after == before:
                return result
            with suppress(Conflict):
                self._items.write(STORMS_ID, version, after.as_json(), datetime.now(UTC))
                return result
        raise Conflict(STORMS_ID)

    def _read(self) -> tuple[int, Storms]:
        version, values, _ = self._items.read(STORMS_ID)
        try:
            return version, Storms() if values is None else Storms.from_json(values)
        except (KeyError, TypeError, ValueError):
            return version, Storms()
