"""Notifies people of what an event says: decide, claim, send, once per incident and event."""

from collections.abc import Callable
from copy import replace
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.ops_events import Severity
from ops_common.versioned_item import Conflict
from send_alerts import families, outbox, storm_updates
from send_alerts.channels.incidents import Held
from send_alerts.channels.slack_posts import root_is_stale, thread
from send_alerts.incident.by_people import act
from send_alerts.incident.decide import advance, first_announcement, is_rollback
from send_alerts.incident.follow_up import Policy, lift_when_due, run_follow_up, schedule
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel
from send_alerts.ports import Ports, TryLater
from send_alerts.reading.notice import Hold, Notice, Part, Signal
from send_alerts.reading.parse import FollowUp, Said

ATTEMPTS = 5
BUSY_SECONDS = 5.0
# The process is gone by then: Lambda ends it at the time limit.
LEASE_MARGIN = timedelta(seconds=5)
SLACK_KEY = "slack"
SILENCE = "a silence"

type Change = Callable[[Incident, datetime], Incident]


def notify(said: Said, ports: Ports, policy: Policy) -> str:
    """Notify people, remember changes; what was done, in words.

    Raises TryLater where not everybody has been notified yet; what was sent is recorded and not
    repeated. Any other error is for the queue to repeat.
    """
    if isinstance(said, FollowUp):
        return _follow_up(said, ports, policy)
    if isinstance(said, OperatorAction):
        return _act(said, ports, policy)
    reasons = [_notify_of(notice, ports, policy) for notice in said]
    return "; ".join(reasons) or "nothing to notify of"


def _notify_of(notice: Notice, ports: Ports, policy: Policy) -> str:
    if notice.signal is Signal.CHANGE:
        return _remember(notice, ports)
    notice = _with_image(notice, ports)
    reasons = [_process(notice.key, _taking(notice, ports), ports, policy)]
    # Of a composite alarm's family: its other members are to know, and to be quiet or loud.
    for member, change in families.changes(notice, ports):
        reasons.append(_process(member, change, ports, policy))
    return "; ".join(reasons)


def _taking(notice: Notice, ports: Ports) -> Change:
    def change(incident: Incident, now: datetime) -> Incident:
        if incident.history.knows(notice):
            return incident
        incident = _silenced(incident, notice.name, now, ports)
        incident = lift_when_due(incident, now, ports.channels)
        incident, placed = families.placed(incident, notice, ports)
        return advance(incident, placed, now, ports.channels)

    return change


def _follow_up(said: FollowUp, ports: Ports, policy: Policy) -> str:
    def change(incident: Incident, now: datetime) -> Incident:
        if said.number == storm_updates.SUMMARY:
            return storm_updates.refresh(incident, now, ports)
        if incident.subject:
            incident = _silenced(incident, incident.subject.name, now, ports)
        return run_follow_up(incident, said.number, now, policy, ports.channels)

    return _process(said.key, change, ports, policy)


def _act(action: OperatorAction, ports: Ports, policy: Policy) -> str:
    """Do what a person wants, once; a silence is remembered for what is still to come."""
    if action.action is Action.SILENCE and action.until:
        ports.memory.silence(action.name, action.until)
    if action.action is Action.UNSILENCE:
        ports.memory.unsilence(action.name)
    if not action.incident:
        ports.memory.remember(f"operator:{action.action}", action.at, action.title)
        return f"remembered: {action.title}"
    return _process(
        action.incident,
        lambda incident, now: act(incident, action, now, ports.channels),
        ports,
        policy,
    )


def _silenced(incident: Incident, name: str, now: datetime, ports: Ports) -> Incident:
    """Held by a person's silence, if there is one; a later end than known counts."""
    if incident.key == SLACK_KEY:
        return incident
    until = ports.memory.silenced_until(name, now)
    return replace(incident, hold=Hold(until, SILENCE, ends_with_next=False)) if until else incident


def _with_image(notice: Notice, ports: Ports) -> Notice:
    """A deployment is called by its image, where ECS still knows it."""
    if notice.part is not Part.DEPLOYMENT or not notice.ref:
        return notice
    return replace(notice, label=_image(notice, ports) or notice.label)


def _image(notice: Notice, ports: Ports) -> str:
    facts = dict(notice.facts)
    try:
        return ports.images.image_tag(facts["Cluster"], facts["Service"], notice.ref)
    except (BotoCoreError, ClientError, LookupError) as error:
        logger.warning("image of the deployment unknown", reason=str(error))
        return ""


def _remember(notice: Notice, ports: Ports) -> str:
    title = notice.title
    if notice.part is Part.DEPLOYMENT and notice.ref:
        story = ports.incidents.load(notice.key).incident
        if is_rollback(story, notice.ref):
            title = f"{notice.title}: ECS has rolled back, the new version is not live"
        elif image := _image(notice, ports):
            title = f"{title}, image {image}"
    ports.memory.remember(notice.key, notice.occurred_at, title)
    return f"remembered: {title}"


def _process(key: str, change: Change, ports: Ports, policy: Policy) -> str:
    for _ in range(ATTEMPTS):
        now = ports.clock()
        held = ports.incidents.load(key)
        if held.leased_until and held.leased_until > now:
            raise TryLater(f"{key} is being sent by another invocation", BUSY_SECONDS)
        incident = _decided(held.incident, change, now, ports, policy)
        if incident == held.incident and not _unfinished(incident, ports):
            return f"{key}: nothing new"
        try:
            held = ports.incidents.save(_claimed(held, incident, now, ports), now)
            return _finish(held, incident, ports, policy)
        except Conflict:
            logger.info("incident changed meanwhile; once more", incident=key)
    raise TryLater(f"{key} is changed by many at once", BUSY_SECONDS)


def _decided(
    before: Incident, change: Change, now: datetime, ports: Ports, policy: Policy
) -> Incident:
    incident = change(before, now)
    if incident == before:
        return incident
    incident = replace(incident, offers=ports.offers)
    if incident.key != SLACK_KEY:
        if opening := first_announcement(before, incident):
            incident = replace(incident, changes=ports.memory.changes_before(opening.at))
        incident = storm_updates.join(before, incident, now, ports, policy)
        if incident.storm != before.storm and ports.threads:
            incident = _with_digest(incident, ports, policy)
    return schedule(incident, now, policy)


def _with_digest(incident: Incident, ports: Ports, policy: Policy) -> Incident:
    """A new member of a storm, below its digest. Raises TryLater until that is posted."""
    digest = ports.incidents.load(incident.storm).incident
    if digest.root is None:
        _process(
            incident.storm,
            lambda known, now: storm_updates.refresh(known, now, ports),
            ports,
            policy,
        )
        digest = ports.incidents.load(incident.storm).incident
    return storm_updates.with_digest(incident, digest)


def _unfinished(incident: Incident, ports: Ports) -> bool:
    stale = ports.threads is not None and root_is_stale(incident)
    return bool(incident.outbox) or stale


def _claimed(held: Held, incident: Incident, now: datetime, ports: Ports) -> Held:
    """What is saved before the first attempt: all of Slack marked as tried, and a lease."""
    lease = None
    if _unfinished(incident, ports):
        lease = ports.deadline + LEASE_MARGIN
        for entry in incident.outbox:
            if entry.channel is Channel.SLACK:
                tried = entry.trying(now, outbox.SETTLE, thread(incident, entry))
                incident = incident.with_entry(tried)
    return replace(held, incident=incident, leased_until=lease)


def _finish(held: Held, unclaimed: Incident, ports: Ports, policy: Policy) -> str:
    key = unclaimed.key
    if held.leased_until is None:
        return f"{key}: recorded, nobody to notify"
    outcome = outbox.work_through(held, unclaimed.outbox, ports)
    _report_slack(key, outcome, ports, policy)
    if outcome.later:
        raise TryLater(outcome.later.reason, outcome.later.seconds)
    return f"{key}: sent {', '.join(outcome.sent) or 'an edit of the root message'}"


def _report_slack(key: str, outcome: outbox.Outcome, ports: Ports, policy: Policy) -> None:
    """Say by SNS, once, that Slack is broken; and once that it works again."""
    if key == SLACK_KEY or not (outcome.broken or outcome.slack_answered):
        return
    current = ports.incidents.load(SLACK_KEY).incident.current
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
