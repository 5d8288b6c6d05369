"""Empties an incident's outbox: each delivery claimed before it is made, confirmed after.

The incident was saved with a lease and with its Slack deliveries marked as tried, before the first
attempt. So after a crash at any point the next invocation knows what may have been posted, looks
for it in Slack, and posts only what is not there.
"""

from collections.abc import Callable, Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from ops_common.versioned_item import Conflict
from send_alerts import storm_updates
from send_alerts.channels.incidents import Held
from send_alerts.channels.slack_failures import (
    MaybeSent,
    MessageRefused,
    NotSent,
    SlackBroken,
    SlackFailure,
)
from send_alerts.channels.slack_posts import chart, edit_root, find, post, post_to_webhook, thread
from send_alerts.incident.decide import for_slack_alone
from send_alerts.incident.incident import Incident, Policy
from send_alerts.incident.outbox_entry import Channel, OutboxEntry
from send_alerts.ports import Ports, TryLater
from send_alerts.words.email_text import email

ORDER = (Channel.SNS, Channel.QUEUE, Channel.STORM, Channel.SLACK)
# A post without an answer may land later; looked for too soon, it would be posted twice.
SETTLE = timedelta(seconds=30)
# One Slack call at its time limit, and the saves around it.
CALL_SECONDS = 6.0
AWS_RETRY_SECONDS = 30.0
LEAST_RETRY_SECONDS = 15.0
CHART_SECONDS = 20.0


class Outcome(NamedTuple):
    """What became of the deliveries of one incident."""

    notified: tuple[str, ...] = ()
    slack_answered: bool = False
    broken: SlackBroken | None = None
    later: TryLater | None = None


class Round:
    """One pass over the outbox of one incident, by the invocation that holds its lease."""

    def __init__(
        self, held: Held, unclaimed: Sequence[OutboxEntry], ports: Ports, policy: Policy
    ) -> None:
        """`unclaimed` is the outbox as it was before this invocation claimed it."""
        self._held = held
        self._marks = {delivery.id: delivery for delivery in unclaimed}
        self._ports = ports
        self._policy = policy
        self._outcome = Outcome()
        self._slack_stopped = False

    def run(self) -> Outcome:
        """Make every delivery that can be made now, and give the lease back. Raises Conflict."""
        for delivery in sorted(self._marks.values(), key=_order):
            if self._ports.seconds_left() < CALL_SECONDS:
                self._later("no time left", 0)
                break
            if delivery.channel is Channel.SLACK:
                self._try_slack(lambda one=delivery: self._slack(one))  # type: ignore[misc]  # the default binds it
            else:
                self._try_aws(delivery)
        if self._ports.seconds_left() >= CALL_SECONDS:
            self._try_slack(self._edit_root)
        self._release()
        return self._outcome

    def _try_aws(self, delivery: OutboxEntry) -> None:
        incident, ports = self._held.incident, self._ports
        try:
            if delivery.channel is Channel.SNS:
                subject, text = email(incident, delivery, self._policy)
                ports.topic.publish(subject, text, delivery.id)
            elif delivery.channel is Channel.STORM:
                storm_updates.report(incident, ports, self._policy)
            else:
                seconds = (delivery.at - ports.clock()).total_seconds()
                ports.queue.send_follow_up(incident.key, int(delivery.text), seconds)
        except (BotoCoreError, ClientError, Conflict) as error:
            # Slack is told all the same.
            self._later(f"{delivery.channel}: {error}", AWS_RETRY_SECONDS)
            return
        self._confirm(incident, delivery)

    def _try_slack(self, call: Callable[[], None]) -> None:
        """Turn Slack's failures into the outcome; wait where that takes no more than we have."""
        while not self._slack_stopped:
            try:
                call()
            except (NotSent, MaybeSent) as failure:
                seconds = failure.retry_after_seconds
                if seconds + CALL_SECONDS < self._ports.seconds_left():
                    self._ports.wait(seconds)
                    continue
                self._later(str(failure), max(seconds, LEAST_RETRY_SECONDS))
                self._slack_stopped = True
            except SlackBroken as failure:
                self._outcome = replace(self._outcome, broken=failure)
                self._slack_stopped = True
            return

    def _slack(self, delivery: OutboxEntry) -> None:
        before = self._held.incident
        try:
            after = self._earlier(delivery) or self._post(delivery)
        except MessageRefused as failure:
            # With and without its blocks: no later attempt would fare better.
            logger.error("slack refused a message", delivery=delivery.id, reason=str(failure))
            self._confirm(before, delivery)
            return
        self._outcome = replace(self._outcome, slack_answered=True)
        self._confirm(after, delivery)
        threads, enough = self._ports.threads, self._ports.seconds_left() > CHART_SECONDS
        if threads and enough and after.root != before.root:
            chart(after, threads, self._ports.chart)

    def _earlier(self, delivery: OutboxEntry) -> Incident | None:
        """The incident with what an earlier attempt has left; None if it surely left nothing."""
        mark = self._marks[delivery.id]
        if mark.tried_at is None or mark.settles_at is None or self._ports.threads is None:
            return None
        unsettled = mark.settles_at - self._ports.clock()
        if unsettled > timedelta(0):
            raise MaybeSent("an earlier attempt may still land", unsettled)
        return find(self._held.incident, mark, self._ports.threads, self._policy)

    def _post(self, delivery: OutboxEntry) -> Incident:
        incident, mark = self._held.incident, self._marks[delivery.id]
        try:
            if self._ports.threads:
                return post(incident, delivery, self._ports.threads, self._policy)
            if self._ports.webhook:
                post_to_webhook(incident, delivery, self._ports.webhook, self._policy)
        except MaybeSent as failure:
            place = thread(incident, delivery, self._policy)
            self._marks[delivery.id] = mark.trying(self._ports.clock(), failure.settle, place)
            raise
        except SlackFailure:
            self._marks[delivery.id] = mark.untried()
            raise
        return incident

    def _edit_root(self) -> None:
        if self._ports.threads:
            incident = edit_root(self._held.incident, self._ports.threads, self._policy)
            self._held = replace(self._held, incident=incident)

    def _confirm(self, incident: Incident, delivery: OutboxEntry) -> None:
        self._outcome = replace(self._outcome, notified=(*self._outcome.notified, delivery.id))
        incident = incident.without(delivery)
        if incident.root != self._held.incident.root:
            # What is left goes to the new thread, and may be there should the process die.
            for left in incident.outbox:
                if left.channel is Channel.SLACK:
                    place = thread(incident, left, self._policy)
                    incident = incident.with_entry(left.trying_in(place))
        self._save(incident)

    def _release(self) -> None:
        """Give the lease back; what is left in the outbox is marked with what is known of it."""
        if self._outcome.broken:
            self._give_up_slack()
        incident = self._held.incident
        for delivery in incident.outbox:
            incident = incident.with_entry(self._marks.get(delivery.id, delivery))
        self._held = replace(self._held, leased_until=None)
        self._save(incident)

    def _give_up_slack(self) -> None:
        """Drop what is left for Slack; what was for Slack alone goes to SNS."""
        left = [one for one in self._held.incident.outbox if one.channel is Channel.SLACK]
        dropped = [one.id for one in left]
        logger.error("slack is broken", reason=str(self._outcome.broken), dropped=dropped)
        for delivery in left:
            incident = self._held.incident.without(delivery)
            self._held = replace(self._held, incident=incident)
            if for_slack_alone(incident, delivery.kind):
                by_sns = delivery.through(Channel.SNS)
                incident = replace(incident, outbox=(*incident.outbox, by_sns))
                self._held = replace(self._held, incident=incident)
                self._try_aws(by_sns)

    def _save(self, incident: Incident) -> None:
        held = replace(self._held, incident=incident)
        self._held = self._ports.incidents.save(held, self._ports.clock())

    def _later(self, reason: str, seconds: float) -> None:
        known = self._outcome.later
        if known is None or seconds > known.seconds:
            self._outcome = replace(self._outcome, later=TryLater(reason, seconds))


def _order(delivery: OutboxEntry) -> tuple[int, bool, datetime]:
    # What may stand in Slack already is looked for before anything new is posted: it may be the
    # head that the others belong to.
    return ORDER.index(delivery.channel), delivery.tried_at is None, delivery.at
