"""What each transition is worth to whom, without any channel behind it."""

from copy import replace
from datetime import timedelta

import pytest

from ops_common.ops_events import Severity
from send_alerts.channels.slack_posts import claim
from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import Channels, enqueue, fold
from send_alerts.incident.incident import Incident, RootMessage, first_announcement
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.notice import Hold, Notice, Signal
from tests.unit.send_alerts.alert_world import alarm, minute, notice, ok

BOT = Channels(slack=True, threads=True)
WEBHOOK = Channels(slack=True, threads=False)
NO_SLACK = Channels(slack=False, threads=False)
CHANNELS_OF = {"both": {Channel.SNS, Channel.SLACK}, "slack": {Channel.SLACK}, "sns": {Channel.SNS}}


def after(*notices: Notice, channels: Channels = BOT) -> Incident:
    incident = Incident("alarm:web-5xx")
    for number, event in enumerate(notices):
        incident = advance(incident, event, minute(100 + number), channels)
    return incident


def tellings(incident: Incident) -> list[tuple[str, str]]:
    """What is told, in its order, and where."""
    found: dict[tuple[EntryKind, object], set[Channel]] = {}
    for delivery in incident.outbox:
        found.setdefault((delivery.kind, delivery.at), set()).add(delivery.channel)
    names = {frozenset(channels): name for name, channels in CHANNELS_OF.items()}
    return [(kind.value, names[frozenset(channels)]) for (kind, _), channels in found.items()]


def own(signal: Signal, at: float, **changes) -> Notice:
    """An event of our own: it says nothing of the state before it."""
    return notice(signal, at, was=None, **changes)


OPEN, OVER, NO_DATA, NOTE = Signal.OPEN, Signal.RESOLVED, Signal.NO_DATA, Signal.NOTE


@pytest.mark.parametrize(
    ("notices", "notified"),
    [
        ([alarm(0), ok(1)], [("opened", "both"), ("resolved", "both")]),
        ([alarm(0), alarm(1, was=OPEN)], [("opened", "both"), ("again", "slack")]),
        (
            [alarm(0), ok(1), alarm(2)],
            [("opened", "both"), ("resolved", "both"), ("flapping", "both")],
        ),
        # Where the event doesn't say, what was before it does, missing data apart.
        ([own(OPEN, 0), own(OPEN, 1)], [("opened", "both"), ("again", "slack")]),
        (
            [own(OPEN, 0), own(OVER, 1), own(NO_DATA, 2), own(OPEN, 3)],
            [("opened", "both"), ("resolved", "both"), ("flapping", "both")],
        ),
        (
            [own(OPEN, 0), own(OVER, 5), own(OPEN, 3)],
            [("opened", "both"), ("resolved", "both"), ("again", "slack")],
        ),
        # Missing data is aloud only where no incident lasts, and then for Slack alone.
        (
            [alarm(0), notice(NO_DATA, 1, was=OPEN)],
            [("opened", "both"), ("no_data", "slack")],
        ),
        ([notice(NO_DATA, 1, was=OVER)], [("no_data", "slack")]),
        ([notice(NOTE, 0)], [("note", "both")]),
        ([notice(NOTE, 0, severity=Severity.INFO)], [("note", "slack")]),
        # When it comes back it is flapping, and from then on the thread alone hears of it.
        (
            [alarm(0), ok(1), alarm(2), ok(3), alarm(4)],
            [
                *(("opened", "both"), ("resolved", "both"), ("flapping", "both")),
                *(("resolved", "slack"), ("reopened", "slack")),
            ],
        ),
        # Another incident begins with a clean slate.
        (
            [
                *(alarm(0), ok(1), alarm(2), ok(3)),
                *(alarm(60), ok(61), alarm(62)),
            ],
            [
                *(("opened", "both"), ("resolved", "both"), ("flapping", "both")),
                ("resolved", "slack"),
                *(("opened", "both"), ("resolved", "both"), ("flapping", "both")),
            ],
        ),
    ],
)
def test_each_transition_is_sent_to_whom_it_concerns(notices, notified) -> None:
    assert tellings(after(*notices)) == notified


def test_a_late_flap_of_an_incident_that_is_over_is_not_called_flapping() -> None:
    # GIVEN an incident, and another since
    incident = after(alarm(0), ok(1), alarm(60, since=minute(5)))
    # WHEN a second opening of the first one arrives
    late = advance(incident, alarm(2), minute(110), BOT)
    # THEN it goes into the thread alone
    assert tellings(late)[len(tellings(incident)) :] == [("reopened", "slack")]


@pytest.mark.parametrize(
    ("channels", "notified"),
    [
        (BOT, [("opened", "both"), ("again", "slack"), ("no_data", "slack"), ("resolved", "both")]),
        # A webhook has no thread for what isn't aloud.
        (WEBHOOK, [("opened", "both"), ("resolved", "both")]),
        (NO_SLACK, [("opened", "sns"), ("resolved", "sns")]),
    ],
)
def test_channels_get_what_they_can_show(channels: Channels, notified) -> None:
    events = (alarm(0), alarm(1, was=OPEN), notice(NO_DATA, 2, was=OPEN), ok(3))
    assert tellings(after(*events, channels=channels)) == notified


def test_good_news_is_mailed_only_where_there_is_no_slack() -> None:
    event = notice(NOTE, 0, severity=Severity.INFO)
    assert tellings(after(event, channels=WEBHOOK)) == [("note", "slack")]
    assert tellings(after(event, channels=NO_SLACK)) == [("note", "sns")]
    assert tellings(after(notice(NO_DATA, 0, was=OVER), channels=NO_SLACK)) == []


def test_a_delivery_has_the_name_of_its_transition_and_channel() -> None:
    sns, slack = after(alarm(0)).outbox
    assert sns.id == f"alarm:web-5xx@{minute(0).isoformat()}/open/sns"
    assert slack.id == f"alarm:web-5xx@{minute(0).isoformat()}/open/slack"
    assert (sns.at, sns.text, sns.late) == (minute(0), "errors at 0", False)


def test_the_text_of_an_event_is_sent_with_that_event_alone() -> None:
    # GIVEN an end that was no news until its opening arrived
    incident = after(own(OVER, 5), own(OPEN, 0))
    texts = {(one.kind.value, one.text, one.late) for one in incident.outbox}
    assert texts == {("opened", "errors at 0", True), ("resolved", "", False)}


@pytest.mark.parametrize(
    ("later", "late"),
    [(ok(9), True), (notice(NO_DATA, 9, was=OPEN), False), (notice(NOTE, 9), False)],
)
def test_only_a_newer_opening_or_end_makes_a_notification_late(later: Notice, late: bool) -> None:
    incident = after(alarm(0), later, alarm(5, was=OPEN))
    assert [one.late for one in incident.outbox if one.at == minute(5)] == [late]


def test_what_was_seen_changes_nothing() -> None:
    incident = after(alarm(0), ok(1))
    assert advance(incident, alarm(0), minute(200), BOT) is incident


def test_people_know_of_it_when_they_were_notified() -> None:
    assert after(alarm(0)).notified_at == minute(100)
    assert after(alarm(0), alarm(1, was=OPEN)).notified_at == minute(100)
    assert after(alarm(0), alarm(1, was=OPEN), ok(2)).notified_at == minute(102)


@pytest.mark.parametrize(
    ("events", "title"),
    [
        ((alarm(0, title="a"), alarm(5, title="b")), "b"),
        ((alarm(5, title="a"), alarm(0, title="b")), "a"),
        ((alarm(5, title="a"), notice(OVER, 5, title="b")), "a"),
        ((alarm(0, title="a"), ok(5, title="b")), "a"),
        ((ok(5, title="a"), alarm(0, title="b")), "b"),
        ((ok(5, title="a"), notice(NO_DATA, 6, title="b")), "b"),
    ],
)
def test_an_incident_is_named_by_its_newest_opening(events, title: str) -> None:
    subject = after(*events).subject
    assert subject is not None
    assert subject.title == title


def test_nothing_is_sent_while_an_incident_is_held() -> None:
    before = after(alarm(0))
    held = advance(replace(before, hold=HOLD), ok(1), minute(101), BOT)
    assert held.outbox == before.outbox
    assert held.hold == HOLD
    assert held.history.knows(ok(1))


HOLD = Hold(minute(500), "a silence", ends_with_next=False)
ROOT = RootMessage("C1", "1.0", minute(0), "fingerprint")


def test_an_incident_is_announced_once() -> None:
    none = Incident("alarm:web-5xx")
    opened = after(alarm(0))
    first = first_announcement(none, opened)
    assert first is not None
    assert (first.kind, first.at) == (EntryKind.OPENED, minute(0))
    assert first_announcement(opened, after(alarm(0), ok(1))) is None
    second = first_announcement(opened, after(alarm(0), ok(1), alarm(60)))
    assert second is not None
    assert second.at == minute(60)
    # An end whose beginning has not come announces nothing.
    assert first_announcement(none, after(ok(1))) is None
    assert first_announcement(none, after(notice(NO_DATA, 0, was=OPEN))) is None
    assert first_announcement(none, after(notice(NOTE, 0))) is None


def test_of_what_is_folded_into_a_storm_only_lines_of_its_thread_are_sent() -> None:
    incident = after(alarm(0), ok(1))
    opening = incident.outbox[0]
    again = OutboxEntry("again", Channel.SCHEDULE, EntryKind.FOLLOW_UP, minute(0))
    tried = replace(opening, id="tried", tried_at=minute(100))
    incident = replace(incident, outbox=(tried, *incident.outbox, again))
    folded = fold(incident, opening, "storm:1", BOT)
    lines = tuple(one for one in incident.outbox if one.channel is Channel.SLACK)
    assert folded.outbox == (tried, *lines, again)
    assert fold(incident, opening, "storm:1", WEBHOOK).outbox == (tried, again)
    # Another incident than the one that was folded is announced by itself.
    apart = after(alarm(0), ok(1), alarm(60))
    left = fold(apart, apart.outbox[0], "storm:1", NO_SLACK).outbox
    assert {one.at for one in left} == {minute(60)}


def test_the_root_message_shows_the_newest_incident_unless_that_is_sent_elsewhere() -> None:
    incident = after(alarm(0), ok(1), alarm(60))
    first, second = incident.history.episodes
    assert incident.shown_episode is None
    rooted = replace(incident, root=ROOT)
    assert rooted.shown_episode == second
    for elsewhere in (
        replace(rooted, hold=HOLD),
        replace(rooted, part_of="alarm:composite"),
        replace(rooted, folded_for=minute(60)),
    ):
        assert elsewhere.shown_episode == first
    # A storm of long ago has nothing to do with the one that lasts.
    assert replace(rooted, folded_for=minute(0)).shown_episode == second
    assert replace(Incident("note:1"), root=ROOT).shown_episode is None


def test_a_delivery_remembers_its_attempts() -> None:
    delivery = after(alarm(0)).outbox[1]
    settle = timedelta(seconds=30)
    once = delivery.trying(minute(1), settle, "")
    twice = once.trying(minute(2), settle, "1.0").trying(minute(3), settle, "")
    assert (once.tried_at, once.settles_at, once.tried_in) == (minute(1), minute(1.5), ("",))
    assert (twice.tried_at, twice.settles_at) == (minute(1), minute(3.5))
    assert twice.tried_in == ("", "1.0")
    assert twice.untried() == delivery
    by_mail = twice.through(Channel.SNS)
    assert by_mail == after(alarm(0)).outbox[0]


def test_what_is_for_slack_is_marked_as_tried_in_its_place() -> None:
    incident = after(alarm(0), ok(1))
    found = claim(incident, minute(7)).outbox
    assert [one.id for one in found] == [one.id for one in incident.outbox]
    assert {one.tried_at for one in found if one.channel is Channel.SLACK} == {minute(7)}
    assert {one.tried_at for one in found if one.channel is not Channel.SLACK} == {None}


def test_nobody_is_notified_of_what_is_for_the_thread() -> None:
    delivery = OutboxEntry("id", Channel.SLACK, EntryKind.CALM, minute(0))
    quiet = enqueue(Incident("key"), delivery, minute(1), BOT, loud=False)
    assert [(one.id, one.channel) for one in quiet.outbox] == [("id/slack", Channel.SLACK)]
    assert quiet.notified_at is None
