"""Works through an incident's outbox: each entry claimed before it is sent, confirmed after.

The incident was saved with a lease and with its Slack entries marked as tried, before the first
attempt. So after a crash at any point the next invocation knows what may have been posted, searches
Slack for it, and posts only what is not there.
"""

from collections.abc import Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ops_common.observability import logger
from send_alerts.channels.incidents import Held
from send_alerts.channels.slack_failures import (
    MaybeSent,
    NotSent,
    SlackBroken,
)
from send_alerts.channels.slack_posts import (
    chart,
    edit_root,
    thread,
)
from send_alerts.incident.enqueue import Channels, mailed
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.ports import Ports
from send_alerts.sending import CALL_TIME, Broken, Later, Sent, Work, send, send_or_wait

ORDER = (Channel.SNS, Channel.SCHEDULE, Channel.SLACK)
CHART_TIME = timedelta(seconds=20)


@dataclass
class Outcome:
    """What became of an outbox."""

    sent: list[str] = field(default_factory=list)
    slack_answered: bool = False
    broken: SlackBroken | None = None
    later: Later | None = None

    def put_off(self, later: Later) -> None:
        """The longest wait counts."""
        if self.later is None or later.seconds > self.later.seconds:
            self.later = later


def work_through(held: Held, unclaimed: Sequence[OutboxEntry], ports: Ports) -> Outcome:
    """Send every entry that can be sent now, and give the lease back. Raises Conflict.

    `unclaimed` is the outbox as it was before this invocation claimed it.
    """
    work, outcome = Work(held, {entry.id: entry for entry in unclaimed}, ports), Outcome()
    slack_stopped = False
    for entry in sorted(work.marks.values(), key=_order):
        to_slack = entry.channel is Channel.SLACK
        if to_slack and slack_stopped:
            continue
        if ports.clock() + CALL_TIME > ports.deadline:
            outcome.put_off(Later("no time left", 0))
            break
        match send_or_wait(entry, work):
            case Sent(incident, answered):
                outcome.sent.append(entry.id)
                outcome.slack_answered |= to_slack and answered
                _confirm(incident, entry, work)
            case Later() as later:
                outcome.put_off(later)
                slack_stopped |= to_slack
            case Broken(failure):
                outcome.broken, slack_stopped = failure, True
    root, known = work.held.incident.root, held.incident.root
    posted = root is not None and (known is None or root.ts != known.ts)
    # One that was posted just now shows how it stands, where what it shows is known.
    if not slack_stopped and not (root and posted and root.shown):
        _edit_root(work, outcome)
    if outcome.broken:
        _give_up_slack(work, outcome)
    _give_back(work)
    if posted:
        _chart(work)
    return outcome


def _confirm(incident: Incident, entry: OutboxEntry, work: Work) -> None:
    """Record that it was sent, at once where a repeat would be seen.

    The last entry's is written when the lease is given back: a crash until then finds Slack's by
    its mark. A schedule of the same name replaces the one before.
    """
    incident = _without(entry, incident)
    if incident.root != work.held.incident.root:
        # What is left goes to the new thread, and may be there should the process die.
        outbox = tuple(
            one.trying_in(thread(incident, one)) if one.channel is Channel.SLACK else one
            for one in incident.outbox
        )
        incident = replace(incident, outbox=outbox)
    if entry.channel is Channel.SNS or (entry.channel is Channel.SLACK and incident.outbox):
        _save(work, incident)
    else:
        work.held = replace(work.held, incident=incident)


def _chart(work: Work) -> None:
    """Below a new root message, when everybody has been notified."""
    ports = work.ports
    if ports.threads and ports.clock() + CHART_TIME < ports.deadline:
        chart(work.held.incident, ports.threads, ports.chart)


def _edit_root(work: Work, outcome: Outcome) -> None:
    """Let the root message show how the incident stands now."""
    ports = work.ports
    if ports.threads is None or ports.clock() + CALL_TIME > ports.deadline:
        return
    try:
        incident = edit_root(work.held.incident, ports.threads)
        work.held = replace(work.held, incident=incident)
    except (NotSent, MaybeSent) as failure:
        outcome.put_off(Later(str(failure), max(failure.retry_after_seconds, 15)))
    except SlackBroken as failure:
        outcome.broken = failure


def _give_back(work: Work) -> None:
    """Give the lease back, with what is known of what is left."""
    incident = work.held.incident
    outbox = tuple(work.marks.get(entry.id, entry) for entry in incident.outbox)
    work.held = replace(work.held, leased_until=None)
    _save(work, replace(incident, outbox=outbox))


def _save(work: Work, incident: Incident) -> None:
    """Write it back. Raises Conflict."""
    held = replace(work.held, incident=incident)
    work.held = work.ports.incidents.save(held, work.ports.clock())


def _give_up_slack(work: Work, outcome: Outcome) -> None:
    """Drop what is left for Slack; what SNS did not get because of Slack goes to SNS."""
    left = [one for one in work.held.incident.outbox if one.channel is Channel.SLACK]
    dropped = [one.id for one in left]
    logger.error("slack is broken", reason=str(outcome.broken), dropped=dropped)
    with_slack, without = Channels(slack=True, threads=True), Channels(slack=False, threads=False)
    for entry in left:
        incident = _without(entry, work.held.incident)
        work.held = replace(work.held, incident=incident)
        if mailed(incident, entry.kind, with_slack) or not mailed(incident, entry.kind, without):
            continue
        by_sns = entry.through(Channel.SNS)
        work.held = replace(
            work.held, incident=replace(incident, outbox=(*incident.outbox, by_sns))
        )
        match send(by_sns, work):
            case Sent(incident):
                outcome.sent.append(by_sns.id)
                _confirm(incident, by_sns, work)
            case Later() as later:
                outcome.put_off(later)


def _without(entry: OutboxEntry, incident: Incident) -> Incident:
    """The entry is confirmed, or given up."""
    return replace(incident, outbox=tuple(one for one in incident.outbox if one.id != entry.id))


def _order(entry: OutboxEntry) -> tuple[int, bool, bool, datetime]:
    # What may stand in Slack already is searched before anything new is posted: it may be the
    # root message that the others belong to. A line of an alarm may be older than its opening.
    line = entry.kind is EntryKind.CONTRIBUTOR
    return ORDER.index(entry.channel), entry.tried_at is None, line, entry.at
