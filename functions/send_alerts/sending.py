"""Sends one entry of an outbox, and says what became of it."""

from copy import replace
from dataclasses import dataclass
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from send_alerts.channels.incidents import Held
from send_alerts.channels.slack_failures import (
    MaybeSent,
    MessageRefused,
    NotSent,
    SlackBroken,
    SlackFailure,
)
from send_alerts.channels.slack_posts import find, post, post_to_webhook, thread
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, OutboxEntry
from send_alerts.ports import Ports
from send_alerts.reading.parse import FollowUp, as_event
from send_alerts.words.notification import notification

# One Slack call at its time limit, and the saves around it.
CALL_TIME = timedelta(seconds=6)
AWS_RETRY_SECONDS = 30.0
LEAST_RETRY_SECONDS = 15.0


@dataclass(frozen=True)
class Sent:
    """The channel has it; the incident as it is now."""

    incident: Incident
    answered: bool = True
    """Not where Slack refused this one message, which no later attempt would change."""


@dataclass(frozen=True)
class Later:
    """To be tried again."""

    reason: str
    seconds: float


@dataclass(frozen=True)
class Broken:
    """Slack takes nothing until a person acts."""

    failure: SlackBroken


type Result = Sent | Later | Broken


@dataclass
class Work:
    """The incident as last saved, and what is known of each entry's attempts."""

    held: Held
    marks: dict[str, OutboxEntry]
    ports: Ports


def send_or_wait(entry: OutboxEntry, work: Work) -> Result:
    """One entry's result; a wait that fits into this invocation is waited for."""
    ports = work.ports
    while True:
        result = send(entry, work)
        if not isinstance(result, Later):
            return result
        most = (ports.deadline - CALL_TIME - ports.clock()).total_seconds()
        if entry.channel is not Channel.SLACK or result.seconds >= most:
            return replace(result, seconds=max(result.seconds, LEAST_RETRY_SECONDS))
        ports.wait(result.seconds)


def send(entry: OutboxEntry, work: Work) -> Result:
    """One attempt at one entry."""
    incident, ports = work.held.incident, work.ports
    try:
        match entry.channel:
            case Channel.SLACK:
                return _to_slack(entry, work)
            case Channel.SNS:
                ports.topic.publish(*notification(incident, entry, ports.stack))
            case Channel.SCHEDULE:
                message = as_event(FollowUp(incident.key, int(entry.text)))
                ports.schedules.put(incident.key, entry.at, message)
    except (BotoCoreError, ClientError) as error:
        # Slack gets it all the same.
        return Later(f"{entry.channel}: {error}", AWS_RETRY_SECONDS)
    return Sent(incident)


def _to_slack(entry: OutboxEntry, work: Work) -> Result:
    try:
        return Sent(_earlier(entry, work) or _post(entry, work))
    except MessageRefused as failure:
        # With and without its blocks: no later attempt would fare better.
        logger.error("slack refused a message", entry=entry.id, reason=str(failure))
        return Sent(work.held.incident, answered=False)
    except (NotSent, MaybeSent) as failure:
        return Later(str(failure), failure.retry_after_seconds)
    except SlackBroken as failure:
        return Broken(failure)


def _earlier(entry: OutboxEntry, work: Work) -> Incident | None:
    """The incident with what an earlier attempt has left; None if it surely left nothing."""
    mark, threads = work.marks[entry.id], work.ports.threads
    if mark.tried_at is None or mark.settles_at is None or threads is None:
        return None
    unsettled = mark.settles_at - work.ports.clock()
    if unsettled > timedelta(0):
        raise MaybeSent("an earlier attempt may still land", unsettled)
    return find(work.held.incident, mark, threads)


def _post(entry: OutboxEntry, work: Work) -> Incident:
    incident, mark, ports = work.held.incident, work.marks[entry.id], work.ports
    try:
        if ports.threads:
            return post(incident, entry, ports.threads)
        if ports.webhook:
            post_to_webhook(incident, entry, ports.webhook)
    except MaybeSent as failure:
        place = thread(incident, entry)
        work.marks[entry.id] = mark.trying(ports.clock(), failure.settle, place)
        raise
    except SlackFailure:
        work.marks[entry.id] = mark.untried()
        raise
    return incident
