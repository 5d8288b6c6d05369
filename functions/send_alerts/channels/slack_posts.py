"""What an outbox entry is in Slack: a message of its own, or a line below the root message."""

from copy import replace
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.alert_routes import Destination
from ops_common.observability import logger
from send_alerts.channels.chart import Chart
from send_alerts.channels.slack import Posted, Threads, Webhook
from send_alerts.channels.slack_failures import (
    OF_THE_CHANNEL,
    MessageGone,
    MessageRefused,
    SlackBroken,
    SlackFailure,
)
from send_alerts.incident.incident import Incident, RootMessage
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.words.slack_blocks import alone, line, root

SETTLE = timedelta(seconds=30)
"""A post without an answer may land later; searched too soon, it would be posted twice."""
NO_DATA_THREAD = timedelta(hours=24)
"""For so long missing data is one message with a thread; later it is a new one."""
DELETED = "message_not_found"
SHOWN_IN_CHANNEL = (EntryKind.REMINDER, EntryKind.SUMMARY, EntryKind.WORSE, EntryKind.ROLLED_BACK)
"""Lines of a thread that the channel is to see too."""


def thread(incident: Incident, entry: OutboxEntry) -> str:
    """The thread that an entry belongs to; empty for a message of its own."""
    known = incident.root
    if known is None or entry.place or not incident.root_covers(entry.at):
        return ""
    if entry.kind is EntryKind.NO_DATA and entry.at - known.posted_for > NO_DATA_THREAD:
        return ""
    return known.ts


def claim(incident: Incident, now: datetime) -> Incident:
    """The incident as it is saved before the first attempt: all of Slack marked as tried."""
    outbox = tuple(
        one.trying(now, SETTLE, thread(incident, one)) if one.channel is Channel.SLACK else one
        for one in incident.outbox
    )
    return replace(incident, outbox=outbox)


def find(incident: Incident, tried: OutboxEntry, threads: Threads) -> Incident | None:
    """The incident with what the attempts at an entry have left; None if they left nothing.

    Searched where it was tried. Where it would go now may be another place: an event that came
    meanwhile can make it part of another incident.
    """
    assert tried.tried_at  # noqa: S101  # the caller's condition
    for thread_ts in dict.fromkeys((*tried.tried_in, "")):
        posted = threads.find(
            tried.id, tried.tried_at, thread_ts, channel=_channel(incident, tried)
        )
        if posted is None:
            continue
        older = incident.root is not None and tried.at < incident.root.posted_for
        if thread_ts or older or _stands_alone(incident, tried):
            return incident
        return _with_root(incident, tried, posted)
    return None


def post(incident: Incident, entry: OutboxEntry, threads: Threads) -> Incident:
    """The incident after the post. Raises SlackFailure."""
    thread_ts = thread(incident, entry)
    stands_alone = not thread_ts and _stands_alone(incident, entry)
    if thread_ts:
        message = line(incident, entry)
    elif stands_alone:
        message = alone(incident, entry)
    else:
        message = root(replace(incident, root=RootMessage("", "", entry.at, "")))
    channel = _channel(incident, entry)
    broadcast = bool(thread_ts) and entry.kind in SHOWN_IN_CHANNEL
    try:
        posted = threads.post(message, entry.id, thread_ts, broadcast=broadcast, channel=channel)
    except MessageRefused as failure:
        logger.warning("slack refused the blocks", entry=entry.id, reason=str(failure))
        posted = threads.post(
            message.plain(), entry.id, thread_ts, broadcast=broadcast, channel=channel
        )
    except SlackBroken as failure:
        if not channel or thread_ts or entry.place or failure.code not in OF_THE_CHANNEL:
            raise
        # Where the rules send it, the bot can't write; the stack's own channel is better than none.
        logger.error("routed channel refused", channel=channel, reason=failure.code)
        return post(replace(incident, destination=Destination()), entry, threads)
    except MessageGone as failure:
        # Somebody has deleted or locked the thread: the incident gets a new root message.
        logger.warning("new root message", incident=incident.key, reason=str(failure))
        return post(replace(incident, root=None), entry, threads)
    if thread_ts and not posted.thread_ts:
        # Slack posts a reply to a deleted message into the channel, and says so by this alone.
        logger.warning("root message deleted; the line becomes the new one", entry=entry.id)
        return _with_root(incident, entry, posted)
    if thread_ts or stands_alone:
        return incident
    return _with_root(incident, entry, posted, message.fingerprint)


def post_to_webhook(incident: Incident, entry: OutboxEntry, webhook: Webhook) -> None:
    """A whole message each time. Raises SlackFailure."""
    message = alone(incident, entry)
    try:
        webhook.post(message)
    except MessageRefused as failure:
        logger.warning("slack refused the blocks", entry=entry.id, reason=str(failure))
        webhook.post(message.plain())


def edit_root(incident: Incident, threads: Threads) -> Incident:
    """The incident with its root message showing how it stands; no call if it does already."""
    known = incident.root
    if known is None or known.digest:
        return incident
    message = root(incident)
    shown = message.fingerprint
    if known.shown == shown:
        return incident
    try:
        threads.update(known.channel, known.ts, message)
    except MessageGone as failure:
        logger.warning("root message not edited", incident=incident.key, reason=str(failure))
        if failure.code == DELETED:
            # What comes next gets a new one.
            return replace(incident, root=None)
    except MessageRefused as failure:
        logger.warning("root message not edited", incident=incident.key, reason=str(failure))
    return replace(incident, root=replace(known, shown=shown))


def root_is_stale(incident: Incident) -> bool:
    """Whether an edit of the root message is due; a storm's digest is the storm's to edit."""
    known = incident.root
    return known is not None and not known.digest and known.shown != root(incident).fingerprint


def chart(incident: Incident, threads: Threads, chart: Chart) -> None:
    """A picture in the thread, tried once: without it the incident is announced all the same."""
    if incident.root is None or incident.subject is None or not incident.subject.widget:
        return
    try:
        png = chart.draw(incident.subject.widget)
        threads.upload(incident.root.channel, incident.root.ts, incident.subject.title, png)
    except (BotoCoreError, ClientError, SlackFailure) as failure:
        logger.warning("no chart", incident=incident.key, reason=str(failure))


def _with_root(incident: Incident, entry: OutboxEntry, posted: Posted, shown: str = "") -> Incident:
    # Where what it shows is not known, an edit will bring it up to date.
    return replace(incident, root=RootMessage(posted.channel, posted.ts, entry.at, shown))


def _channel(incident: Incident, entry: OutboxEntry) -> str:
    """The thread's channel, or where the rules send it; empty for the stack's own."""
    if entry.place:
        return entry.place
    known = incident.root
    if known is not None and incident.root_covers(entry.at):
        return known.channel
    return incident.destination.channel


def _stands_alone(incident: Incident, entry: OutboxEntry) -> bool:
    """Whether it is no root message: a note, before any incident, or in one more channel."""
    if entry.place:
        return True
    if entry.kind is EntryKind.NO_DATA:
        return False
    began = any(one.opened_at <= entry.at for one in incident.history.episodes)
    return entry.kind is EntryKind.NOTE or not began
