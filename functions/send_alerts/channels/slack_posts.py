"""What a delivery is in Slack: a message of its own, or a line below the incident's head."""

from copy import replace

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from send_alerts.channels.chart import Chart
from send_alerts.channels.slack import Posted, Threads, Webhook
from send_alerts.channels.slack_failures import MessageGone, MessageRefused, SlackFailure
from send_alerts.incident.history import episode_at
from send_alerts.incident.incident import Incident, Policy, RootMessage
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.words.slack_blocks import Message, alone, line, root


def thread(incident: Incident, delivery: OutboxEntry, policy: Policy) -> str:
    """The thread that a delivery belongs to; empty for a message of its own."""
    if incident.root and incident.root_covers(delivery.at, policy):
        return incident.root.ts
    return ""


def find(
    incident: Incident, tried: OutboxEntry, threads: Threads, policy: Policy
) -> Incident | None:
    """The incident with what the attempts at a delivery have left; None if they left nothing.

    Looked for where it was tried. Where it would go now may be another place: an event that came
    meanwhile can make it part of another incident.
    """
    assert tried.tried_at  # noqa: S101  # the caller's condition
    for thread_ts in dict.fromkeys((*tried.tried_in, "")):
        posted = threads.find(tried.id, tried.tried_at, thread_ts)
        if posted is None:
            continue
        older = incident.root is not None and tried.at < incident.root.posted_for
        if thread_ts or older or _stands_alone(incident, tried, policy):
            return incident
        # What it shows is not known: an edit will bring it up to date.
        return replace(incident, root=RootMessage(posted.channel, posted.ts, tried.at, ""))
    return None


def post(incident: Incident, delivery: OutboxEntry, threads: Threads, policy: Policy) -> Incident:
    """The incident after the post. Raises SlackFailure."""
    thread_ts = thread(incident, delivery, policy)
    message = _message(incident, delivery, policy)
    broadcast = bool(thread_ts) and delivery.kind in (EntryKind.REMINDER, EntryKind.SUMMARY)
    try:
        posted = threads.post(message, delivery.id, thread_ts, broadcast=broadcast)
    except MessageRefused as failure:
        logger.warning("slack refused the blocks", delivery=delivery.id, reason=str(failure))
        posted = threads.post(message.plain(), delivery.id, thread_ts, broadcast=broadcast)
    except MessageGone:
        # Somebody has deleted the head: the incident gets a new one.
        return post(replace(incident, root=None), delivery, threads, policy)
    return _with(incident, delivery, posted, message.fingerprint, policy)


def post_to_webhook(
    incident: Incident, delivery: OutboxEntry, webhook: Webhook, policy: Policy
) -> None:
    """A whole message each time. Raises SlackFailure."""
    message = alone(incident, delivery, policy)
    try:
        webhook.post(message)
    except MessageRefused as failure:
        logger.warning("slack refused the blocks", delivery=delivery.id, reason=str(failure))
        webhook.post(message.plain())


def edit_root(incident: Incident, threads: Threads, policy: Policy) -> Incident:
    """The incident with its head showing how it stands; no call if it does already."""
    if incident.root is None:
        return incident
    message = root(incident, policy)
    if message.fingerprint == incident.root.shown:
        return incident
    try:
        threads.update(incident.root.channel, incident.root.ts, message)
    except (MessageGone, MessageRefused) as failure:
        logger.warning("head not edited", incident=incident.key, reason=str(failure))
    return replace(incident, root=replace(incident.root, shown=message.fingerprint))


def root_is_stale(incident: Incident, policy: Policy) -> bool:
    """Whether an edit of the head is due."""
    return incident.root is not None and (incident.root.shown != root(incident, policy).fingerprint)


def chart(incident: Incident, threads: Threads, chart: Chart) -> None:
    """A picture in the thread, tried once: without it the incident is told all the same."""
    if incident.root is None or incident.subject is None or not incident.subject.widget:
        return
    try:
        png = chart.draw(incident.subject.widget)
        threads.upload(incident.root.channel, incident.root.ts, incident.subject.title, png)
    except (BotoCoreError, ClientError, SlackFailure) as failure:
        logger.warning("no chart", incident=incident.key, reason=str(failure))


def _message(incident: Incident, delivery: OutboxEntry, policy: Policy) -> Message:
    if thread(incident, delivery, policy):
        return line(incident, delivery, policy)
    if _stands_alone(incident, delivery, policy):
        return alone(incident, delivery, policy)
    return root(replace(incident, root=RootMessage("", "", delivery.at, "")), policy)


def _with(
    incident: Incident, delivery: OutboxEntry, posted: Posted, shown: str, policy: Policy
) -> Incident:
    if thread(incident, delivery, policy) or _stands_alone(incident, delivery, policy):
        return incident
    return replace(incident, root=RootMessage(posted.channel, posted.ts, delivery.at, shown))


def _stands_alone(incident: Incident, delivery: OutboxEntry, policy: Policy) -> bool:
    return (
        delivery.kind is EntryKind.NOTE
        or episode_at(incident.episodes(policy), delivery.at) is None
    )
