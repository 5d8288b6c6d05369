"""Tells people what an event says: decide, claim, deliver, once per incident and event."""

from collections.abc import Callable
from copy import replace
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from ops_common.ops_events import Severity
from ops_common.versioned_item import Conflict
from send_alerts import storm_updates
from send_alerts.channels.incidents import Held
from send_alerts.channels.slack_posts import root_is_stale, thread
from send_alerts.incident.decide import advance, fold, needs_root, silence
from send_alerts.incident.follow_up import run_follow_up, schedule
from send_alerts.incident.incident import Incident, Policy
from send_alerts.incident.outbox_entry import Channel
from send_alerts.outbox import SETTLE, Outcome, Round
from send_alerts.ports import Ports, TryLater
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.parse import FollowUp

ATTEMPTS = 5
BUSY_SECONDS = 5.0
# The process is gone by then: Lambda ends it at the time limit.
LEASE_MARGIN = timedelta(seconds=5)
SLACK_KEY = "slack"


def notify(said: list[Notice] | FollowUp, ports: Ports, policy: Policy) -> str:
    """Tell people, remember changes; what was done, in words.

    Raises TryLater where not everybody has been told yet; what was told is recorded and not
    repeated. Any other error is for the queue to repeat.
    """
    if isinstance(said, FollowUp):
        if said.number == storm_updates.REFRESH:
            return _process(said.key, storm_updates.refresh(ports, policy), ports, policy)
        number = said.number
        return _process(
            said.key,
            lambda incident, now: run_follow_up(incident, number, now, policy, ports.channels),
            ports,
            policy,
        )
    reasons = [
        _remember(notice, ports)
        if notice.signal is Signal.CHANGE
        else _notify_of(notice, ports, policy)
        for notice in said
    ]
    return "; ".join(reasons) or "nothing to tell"


def _notify_of(notice: Notice, ports: Ports, policy: Policy) -> str:
    return _process(
        notice.key,
        lambda incident, now: advance(incident, notice, now, policy, ports.channels),
        ports,
        policy,
    )


def _remember(notice: Notice, ports: Ports) -> str:
    facts, title = dict(notice.facts), notice.title
    if notice.key.startswith("deployment:"):
        try:
            tag = ports.images.image_tag(facts["Cluster"], facts["Service"], facts["Deployment"])
        except (BotoCoreError, ClientError, LookupError) as error:
            logger.warning("image of the deployment unknown", reason=str(error))
            tag = ""
        title = f"{title}, image {tag}" if tag else title
    ports.memory.remember(notice.key, notice.occurred_at, title)
    return f"remembered: {title}"


def _process(
    key: str, change: Callable[[Incident, datetime], Incident], ports: Ports, policy: Policy
) -> str:
    for _ in range(ATTEMPTS):
        now = ports.clock()
        held = ports.incidents.load(key)
        if held.leased_until and held.leased_until > now:
            raise TryLater(f"{key} is being told by another invocation", BUSY_SECONDS)
        incident = _decided(held.incident, change, now, ports, policy)
        if incident == held.incident and not _unfinished(incident, ports, policy):
            return f"{key}: nothing new"
        try:
            held = ports.incidents.save(_claimed(held, incident, now, ports, policy), now)
            return _finish(held, incident, ports, policy)
        except Conflict:
            logger.info("incident changed meanwhile; once more", incident=key)
    raise TryLater(f"{key} is changed by many at once", BUSY_SECONDS)


def _decided(
    before: Incident,
    change: Callable[[Incident, datetime], Incident],
    now: datetime,
    ports: Ports,
    policy: Policy,
) -> Incident:
    incident = change(before, now)
    if incident == before:
        return incident
    if incident.outbox != before.outbox and incident.subject and incident.key != SLACK_KEY:
        until = ports.memory.silenced_until(incident.subject.name, now)
        if until:
            incident = silence(incident, before, until)
        elif opening := needs_root(incident, policy):
            incident = replace(incident, changes=ports.memory.changes_before(opening.at))
            incident = storm_updates.join(incident, opening.at, now, ports, policy)
        incident = fold(incident, policy)
    return schedule(incident, now, policy)


def _unfinished(incident: Incident, ports: Ports, policy: Policy) -> bool:
    stale = ports.threads is not None and root_is_stale(incident, policy)
    return bool(incident.outbox) or stale


def _claimed(held: Held, incident: Incident, now: datetime, ports: Ports, policy: Policy) -> Held:
    """What is saved before the first attempt: all of Slack marked as tried, and a lease."""
    lease = None
    if _unfinished(incident, ports, policy):
        lease = ports.deadline + LEASE_MARGIN
        for delivery in incident.outbox:
            if delivery.channel is Channel.SLACK:
                place = thread(incident, delivery, policy)
                incident = incident.with_entry(delivery.trying(now, SETTLE, place))
    return replace(held, incident=incident, leased_until=lease)


def _finish(held: Held, unclaimed: Incident, ports: Ports, policy: Policy) -> str:
    key = unclaimed.key
    if held.leased_until is None:
        return f"{key}: recorded, nothing to tell"
    outcome = Round(held, unclaimed.outbox, ports, policy).run()
    _report_slack(key, outcome, ports, policy)
    if outcome.later:
        raise outcome.later
    return f"{key}: told {', '.join(outcome.notified) or 'by editing the head'}"


def _report_slack(key: str, outcome: Outcome, ports: Ports, policy: Policy) -> None:
    """Say by SNS, once, that Slack is broken; and once that it works again."""
    if key == SLACK_KEY or not (outcome.broken or outcome.slack_answered):
        return
    current = ports.incidents.load(SLACK_KEY).incident.current(policy)
    if bool(outcome.broken) is bool(current and current.open):
        return
    text = f"{outcome.broken}. " if outcome.broken else "Messages pass again. "
    notice = Notice(
        key=SLACK_KEY,
        signal=Signal.OPEN if outcome.broken else Signal.RESOLVED,
        occurred_at=ports.clock(),
        name=SLACK_KEY,
        title="Slack refuses the alerts",
        severity=Severity.CRITICAL,
        text=f"{text}Alerts have come by this topic all the while.",
    )
    _notify_of(notice, replace(ports, threads=None, webhook=None), policy)
