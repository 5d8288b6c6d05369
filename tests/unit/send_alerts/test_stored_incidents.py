"""What is kept of an incident, and read again: by this release, of this one and of the last."""

from copy import replace
from datetime import timedelta

from local.stores_in_memory import ItemsInMemory
from ops_common.alert_routes import Destination
from send_alerts.channels.incidents import INCIDENT_ID, DynamoIncidents, Held
from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import Channels
from send_alerts.incident.history import KEPT, History
from send_alerts.incident.incident import Acknowledgement, FollowUpDue, Incident, RootMessage
from send_alerts.reading.notice import Guide, Hold, Signal
from tests.unit.send_alerts.alert_world import NOON, alarm, minute, notice, ok

KEY = "alarm:web-5xx"
BOT = Channels(slack=True, threads=True)


def flapping() -> Incident:
    incident = Incident(KEY)
    for at, event in enumerate((alarm, ok, alarm, ok, alarm)):
        incident = advance(incident, event(at), minute(at), BOT)
    return incident


FULL = replace(
    flapping(),
    changes=("a deployment",),
    root=RootMessage("C1", "1.0", minute(0), "fingerprint"),
    folded_for=minute(1),
    storm="storm:1",
    part_of="alarm:composite",
    outbox=tuple(one.trying(minute(5), timedelta(1), "1.0") for one in flapping().outbox),
    end_mail=flapping().outbox[0],
    flapping_notified=True,
    announced_for=minute(2),
    notified_at=minute(2),
    hold=Hold(minute(500), "a silence", ends_with_next=False),
    follow_up=FollowUpDue(7, minute(9)),
    acknowledgement=Acknowledgement("Ada", minute(3)),
    actions=("done",),
    destination=Destination("C2", "@here"),
    offers=("acknowledge",),
)


def stored(held: Held) -> Held:
    """As it is read after it was written."""
    incidents = DynamoIncidents(ItemsInMemory())
    written = incidents.save(held, NOON)
    found = incidents.load(held.incident.key)
    assert found == written
    return found


def test_everything_that_is_known_is_read_again() -> None:
    arrived = replace(FULL, follow_up=FollowUpDue(8, None))
    for incident in (Incident(KEY), flapping(), FULL, arrived):
        for lease in (None, minute(1)):
            held = stored(Held(incident, 0, lease, "summary"))
            assert held == Held(incident, 1, lease, "summary")


def test_a_history_that_has_forgotten_is_read_again() -> None:
    history = History()
    for at in range(KEPT + 1):
        history, _ = history.after((alarm, ok)[at % 2](at, since=minute(at - 1)))
    history = history.with_transition(notice(Signal.NO_DATA, KEPT + 1))
    assert history.forgotten_until is not None
    assert stored(Held(Incident(KEY, history), 0, None)).incident.history == history


def test_an_item_without_what_came_later_is_read() -> None:
    # GIVEN an item of before acknowledgements, routes, tags and guides
    items = ItemsInMemory()
    incidents = DynamoIncidents(items)
    incidents.save(Held(FULL, 0, None), NOON)
    _, document, _ = items.read(INCIDENT_ID.format(key=KEY))
    for name in ("end_mail", "acknowledgement", "actions", "offers", "destination"):
        del document[name]
    for name in ("tags", "guide"):
        del document["subject"][name]
    for row in document["outbox"]:
        del row["place"]
    items.write(INCIDENT_ID.format(key=KEY), 1, document, NOON)
    # THEN everything else is as it was
    assert FULL.subject is not None
    subject = replace(FULL.subject, tags=(), guide=Guide())
    assert incidents.load(KEY).incident == replace(
        FULL,
        subject=subject,
        end_mail=None,
        acknowledgement=None,
        actions=(),
        offers=(),
        destination=Destination(),
    )
