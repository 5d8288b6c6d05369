"""Incidents in DynamoDB: items that only whoever saw their last version may change."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from ops_common.alert_routes import Destination
from ops_common.datetimes import parse_optional
from ops_common.jsonable import jsonable
from ops_common.observability import logger
from ops_common.versioned_item import Items
from send_alerts.incident.history import FLAP_WINDOW, History
from send_alerts.incident.incident import Acknowledgement, FollowUpDue, Incident, RootMessage
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.incident.transitions import Transition
from send_alerts.reading.notice import Notice, Part, Signal, hold_from_json

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
            incident = _incident(values, self._flap_window)
            return Held(incident, version, parse_optional(values["leased_until"]), summary)
        except (KeyError, TypeError, ValueError) as error:
            logger.warning("incident of another form begins anew", key=key, reason=str(error))
            return new

    def save(self, held: Held, now: datetime) -> Held:
        """See IncidentStore."""
        follow_up = held.incident.follow_up
        version = self._items.write(
            INCIDENT_ID.format(key=held.incident.key),
            held.version,
            _document(held),
            now,
            held.summary,
            follow_up.due_at if follow_up else None,
        )
        return held._replace(version=version)

    def due_before(self, at: datetime) -> list[str]:
        """See IncidentStore."""
        prefix = INCIDENT_ID.format(key="")
        return [item_id.removeprefix(prefix) for item_id in self._items.due_before(at)]


def _document(held: Held) -> dict[str, Any]:
    """What is kept; of a history its transitions, as short rows, for there are up to KEPT."""
    incident, history = held.incident, held.incident.history
    values = {one.name: getattr(incident, one.name) for one in fields(incident)}
    values["history"] = {
        "forgotten_until": history.forgotten_until,
        "entries": [list(entry) for entry in history.entries],
    }
    document: dict[str, Any] = jsonable({**values, "leased_until": held.leased_until})
    return document


def _incident(values: Mapping[str, Any], flap_window: timedelta) -> Incident:
    """What `_document` made. Raises KeyError, TypeError or ValueError on another form."""
    root, follow_up = values["root"], values["follow_up"]
    end, acknowledgement = values.get("end_mail"), values.get("acknowledgement")
    return Incident(
        key=values["key"],
        history=_history(values["history"], flap_window),
        subject=values["subject"] and Notice.from_json(values["subject"]),
        changes=tuple(values["changes"]),
        root=root and RootMessage(**{**root, "posted_for": parse_optional(root["posted_for"])}),
        folded_for=parse_optional(values["folded_for"]),
        storm=values["storm"],
        part_of=values["part_of"],
        outbox=tuple(_outbox_entry(row) for row in values["outbox"]),
        end_mail=_outbox_entry(end) if end else None,
        flapping_notified=values["flapping_notified"],
        announced_for=parse_optional(values["announced_for"]),
        notified_at=parse_optional(values["notified_at"]),
        hold=hold_from_json(values["hold"]),
        follow_up=follow_up
        and FollowUpDue(follow_up["number"], parse_optional(follow_up["due_at"])),
        acknowledgement=acknowledgement
        and Acknowledgement(acknowledgement["by"], datetime.fromisoformat(acknowledgement["at"])),
        actions=tuple(values.get("actions", ())),
        offers=tuple(values.get("offers", ())),
        destination=Destination(**values.get("destination", {})),
    )


def _history(values: Mapping[str, Any], flap_window: timedelta) -> History:
    entries = tuple(
        Transition(
            datetime.fromisoformat(at),
            Signal(signal),
            Signal(was) if was else None,
            parse_optional(since),
            notified,
            Part(part),
            ref,
            label,
        )
        for at, signal, was, since, notified, part, ref, label in values["entries"]
    )
    return History.of(entries, flap_window, parse_optional(values["forgotten_until"]))


def _outbox_entry(row: Mapping[str, Any]) -> OutboxEntry:
    return OutboxEntry(
        id=row["id"],
        channel=Channel(row["channel"]),
        kind=EntryKind(row["kind"]),
        at=datetime.fromisoformat(row["at"]),
        text=row["text"],
        late=row["late"],
        tried_at=parse_optional(row["tried_at"]),
        settles_at=parse_optional(row["settles_at"]),
        tried_in=tuple(row["tried_in"]),
        place=row.get("place", ""),
    )
