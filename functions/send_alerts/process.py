"""One change of one incident: decided, saved with a lease, sent, and saved again."""

from collections.abc import Callable
from copy import replace
from datetime import datetime, timedelta

from ops_common.alert_routes import find_destination
from ops_common.observability import logger
from ops_common.ops_events import Severity
from ops_common.versioned_item import Conflict
from send_alerts import outbox, storm_updates
from send_alerts.channels.incidents import Held
from send_alerts.channels.slack_posts import claim, root_is_stale
from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import copy_if_worse, mail_end
from send_alerts.incident.follow_up import schedule
from send_alerts.incident.incident import Incident, first_announcement
from send_alerts.ports import Ports, TryLater
from send_alerts.reading.notice import Notice, Signal
from send_alerts.words.content import summary_of

ATTEMPTS = 5
BUSY_SECONDS = 5.0
# The process is gone by then: Lambda ends it at the time limit.
LEASE_MARGIN = timedelta(seconds=5)
SLACK_KEY = "slack"

type Change = Callable[[Incident, datetime], Incident]


def process(key: str, change: Change, ports: Ports) -> str:
    """Apply a change to an incident, and send what follows; what was done, in words.

    Raises TryLater where not everybody has been notified yet.
    """
    for _ in range(ATTEMPTS):
        now = ports.clock()
        held = ports.incidents.load(key)
        if held.leased_until and held.leased_until > now:
            raise TryLater(f"{key} is being sent by another invocation", BUSY_SECONDS)
        incident = _decided(held.incident, change, now, ports)
        if incident == held.incident and not _unfinished(incident, ports):
            return f"{key}: nothing new"
        try:
            held = ports.incidents.save(_claim(held, incident, now, ports), now)
            return _finish(held, incident, ports)
        except Conflict:
            logger.info("incident changed meanwhile; once more", incident=key)
    raise TryLater(f"{key} is changed by many at once", BUSY_SECONDS)


def _decided(before: Incident, change: Change, now: datetime, ports: Ports) -> Incident:
    incident = change(before, now)
    if incident == before:
        return incident
    destination = find_destination(_labels(incident.subject), ports.routes)
    incident = replace(incident, offers=ports.offers, destination=destination)
    if incident.root:
        incident = copy_if_worse(before, incident)
    opening = first_announcement(before, incident)
    if opening and incident.key != SLACK_KEY:
        incident = replace(incident, changes=ports.background.changes_before(opening.at))
        incident = storm_updates.join(incident, opening, now, ports)
        if incident.storm != before.storm and ports.threads:
            incident = _with_digest(incident, ports)
    return schedule(incident, now, ports.policy)


def _labels(subject: Notice | None) -> dict[str, str]:
    """What the rules of AlertRoutes may ask for: severity, environment, and every tag."""
    if subject is None:
        return {}
    known = {"severity": subject.severity.value, "environment": subject.environment}
    return dict(subject.tags) | known


def _with_digest(incident: Incident, ports: Ports) -> Incident:
    """A new member of a storm, below its digest. Raises TryLater until that is posted."""
    digest = ports.incidents.load(incident.storm).incident
    if digest.root is None:
        process(incident.storm, lambda known, now: storm_updates.refresh(known, now, ports), ports)
        digest = ports.incidents.load(incident.storm).incident
    return storm_updates.with_digest(incident, digest)


def _unfinished(incident: Incident, ports: Ports) -> bool:
    return bool(incident.outbox) or (ports.threads is not None and root_is_stale(incident))


def _claim(held: Held, incident: Incident, now: datetime, ports: Ports) -> Held:
    """What is saved before the first attempt: all of Slack marked as tried, and a lease."""
    lease = None
    if _unfinished(incident, ports):
        lease = ports.deadline + LEASE_MARGIN
        incident = claim(incident, now)
    summary = summary_of(incident)
    return Held(incident, held.version, lease, summary.as_text() if summary else "")


def _finish(held: Held, unclaimed: Incident, ports: Ports) -> str:
    key = unclaimed.key
    if held.leased_until is None:
        return f"{key}: recorded, nobody to notify"
    outcome = outbox.work_through(held, unclaimed.outbox, ports)
    _report_slack(key, outcome, ports)
    if outcome.later:
        raise TryLater(outcome.later.reason, outcome.later.seconds)
    return f"{key}: sent {', '.join(outcome.sent) or 'an edit of the root message'}"


def _report_slack(key: str, outcome: outbox.Outcome, ports: Ports) -> None:
    """Say by SNS, once, that Slack is broken; and once that it works again."""
    if key == SLACK_KEY or not (outcome.broken or outcome.slack_answered):
        return
    if bool(outcome.broken) is ports.incidents.load(SLACK_KEY).incident.history.lasts:
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
    by_mail = replace(ports, threads=None, webhook=None)
    process(
        SLACK_KEY,
        lambda incident, now: mail_end(advance(incident, notice, now, by_mail.channels)),
        by_mail,
    )
