"""What a delivery is in Slack: a message of its own, or a line below the incident's head."""

from copy import replace

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from send_alerts.chart import Chart
from send_alerts.delivery import Delivery, What
from send_alerts.history import episode_at
from send_alerts.incident import Head, Incident, Policy
from send_alerts.slack import Posted, Threads, Webhook
from send_alerts.slack_failures import MessageGone, MessageRefused, SlackFailure
from send_alerts.slack_message import Message, alone, head, line


def thread(incident: Incident, delivery: Delivery, policy: Policy) -> str:
    """The thread that a delivery belongs to; empty for a message of its own."""
    if incident.head and incident.head_covers(delivery.at, policy):
        return incident.head.ts
    return ""


def find(incident: Incident, tried: Delivery, threads: Threads, policy: Policy) -> Incident | None:
    """The incident with what the attempts at a delivery have left; None if they left nothing.

    Looked for where it was tried. Where it would go now may be another place: an event that came
    meanwhile can make it part of another incident.
    """
    assert tried.tried_at  # noqa: S101  # the caller's condition
    for thread_ts in dict.fromkeys((*tried.tried_in, "")):
        posted = threads.find(tried.id, tried.tried_at, thread_ts)
        if posted is None:
            continue
        older = incident.head is not None and tried.at < incident.head.posted_for
        if thread_ts or older or _stands_alone(incident, tried, policy):
            return incident
        # What it shows is not known: an edit will bring it up to date.
        return replace(incident, head=Head(posted.channel, posted.ts, tried.at, ""))
    return None


def post(incident: Incident, delivery: Delivery, threads: Threads, policy: Policy) -> Incident:
    """The incident after the post. Raises SlackFailure."""
    thread_ts = thread(incident, delivery, policy)
    message = _message(incident, delivery, policy)
    broadcast = bool(thread_ts) and delivery.what in (What.REMINDER, What.SUMMARY)
    try:
        posted = threads.post(message, delivery.id, thread_ts, broadcast=broadcast)
    except MessageRefused as failure:
        logger.warning("slack refused the blocks", delivery=delivery.id, reason=str(failure))
        posted = threads.post(message.plain(), delivery.id, thread_ts, broadcast=broadcast)
    except MessageGone:
        # Somebody has deleted the head: the incident gets a new one.
        return post(replace(incident, head=None), delivery, threads, policy)
    return _with(incident, delivery, posted, message.fingerprint, policy)


def post_to_webhook(
    incident: Incident, delivery: Delivery, webhook: Webhook, policy: Policy
) -> None:
    """A whole message each time. Raises SlackFailure."""
    message = alone(incident, delivery, policy)
    try:
        webhook.post(message)
    except MessageRefused as failure:
        logger.warning("slack refused the blocks", delivery=delivery.id, reason=str(failure))
        webhook.post(message.plain())


def edit_head(incident: Incident, threads: Threads, policy: Policy) -> Incident:
    """The incident with its head showing how it stands; no call if it does already."""
    if incident.head is None:
        return incident
    message = head(incident, policy)
    if message.fingerprint == incident.head.shown:
        return incident
    try:
        threads.update(incident.head.channel, incident.head.ts, message)
    except (MessageGone, MessageRefused) as failure:
        logger.warning("head not edited", incident=incident.key, reason=str(failure))
    return replace(incident, head=replace(incident.head, shown=message.fingerprint))


def head_is_stale(incident: Incident, policy: Policy) -> bool:
    """Whether an edit of the head is due."""
    return incident.head is not None and (incident.head.shown != head(incident, policy).fingerprint)


def chart(incident: Incident, threads: Threads, chart: Chart) -> None:
    """A picture in the thread, tried once: without it the incident is told all the same."""
    if incident.head is None or incident.subject is None or not incident.subject.widget:
        return
    try:
        png = chart.draw(incident.subject.widget)
        threads.upload(incident.head.channel, incident.head.ts, incident.subject.title, png)
    except (BotoCoreError, ClientError, SlackFailure) as failure:
        logger.warning("no chart", incident=incident.key, reason=str(failure))


def _message(incident: Incident, delivery: Delivery, policy: Policy) -> Message:
    if thread(incident, delivery, policy):
        return line(incident, delivery, policy)
    if _stands_alone(incident, delivery, policy):
        return alone(incident, delivery, policy)
    return head(replace(incident, head=Head("", "", delivery.at, "")), policy)


def _with(
    incident: Incident, delivery: Delivery, posted: Posted, shown: str, policy: Policy
) -> Incident:
    if thread(incident, delivery, policy) or _stands_alone(incident, delivery, policy):
        return incident
    return replace(incident, head=Head(posted.channel, posted.ts, delivery.at, shown))


def _stands_alone(incident: Incident, delivery: Delivery, policy: Policy) -> bool:
    return delivery.what is What.NOTE or episode_at(incident.episodes(policy), delivery.at) is None
