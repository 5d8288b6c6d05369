"""answer_slack without AWS and Slack: its ports in memory, and requests as Slack signs them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from answer_slack.answer import Answer, Ports, answer
from answer_slack.confirmations import WAITS, Confirmation
from answer_slack.hand_over import Keepers
from answer_slack.operators import Groups
from answer_slack.refusal import Refusal, Refused
from answer_slack.repeats import MOST_A_MINUTE
from answer_slack.settings import API, Settings
from answer_slack.signed_request import receive
from local.slack.requests import ANA, APP, BEN, SIGNING_SECRET, TEAM, function_url_event, signed
from ops_common.on_call.board import Board
from ops_common.on_call.operator_action import OperatorAction
from ops_common.on_call.summaries import IncidentSummary
from ops_common.ops_events import OpsEvent
from ops_common.scaling_hold import Hold
from ops_common.service_names import ServiceNames

NOW = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
WEB_ERRORS = IncidentSummary(
    key="alarm:arn:aws:cloudwatch:eu-west-1:123456789012:alarm:jiki-ops-web-errors",
    name="jiki-ops-web-errors",
    title="jiki-ops-web-errors",
    severity="critical",
    opened_at=NOW - timedelta(minutes=20),
)
BRACKETS = IncidentSummary(
    key="alarm:brackets", name="errors [eu]", title="errors [eu]", severity="warning", opened_at=NOW
)
OVER = IncidentSummary(
    key="alarm:over", name="over", title="over", severity="warning", opened_at=NOW, closed_at=NOW
)


@dataclass
class FakeSeen:
    """Seen in memory."""

    requests: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def record(self, user: str, signed_at: datetime, signature: str) -> None:
        known = self.requests.setdefault((user, f"{signed_at:%H:%M}"), set())
        if signature in known:
            raise Refused(Refusal.REPLAYED)
        if len(known) >= MOST_A_MINUTE:
            raise Refused(Refusal.TOO_MANY)
        known.add(signature)


@dataclass
class FakeConfirmations:
    """Confirmations in memory."""

    waiting: Confirmation | None = None

    def ask(self, by: str, now: datetime) -> Confirmation:
        self.waiting = Confirmation("c0ffee", by, now + WAITS)
        return self.waiting

    def take(self, code: str, by: str, now: datetime) -> Confirmation | None:
        found = self.waiting
        if not found or code != found.code or by == found.by or now >= found.until:
            return None
        self.waiting = None
        return found


@dataclass
class FakeHolds:
    """Holds in memory."""

    held: dict[str, Hold] = field(default_factory=dict)

    def put(self, hold: Hold) -> None:
        self.held[hold.service] = hold

    def remove(self, service: str) -> None:
        self.held.pop(service, None)


@dataclass
class FakeGroups:
    """User groups as a dictionary."""

    people: dict[str, Sequence[str]]

    def members(self, group: str) -> Sequence[str]:
        return self.people[group]


@dataclass
class SlackWorld:
    """One stack that hears Slack, and all that came of it."""

    now: datetime = NOW
    operators: tuple[str, ...] = (ANA.id, BEN.id)
    groups: Groups | None = None
    board: Board = field(default_factory=lambda: Board(incidents=(WEB_ERRORS, BRACKETS, OVER)))
    rolls_back: bool = True
    events: list[OpsEvent] = field(default_factory=list)
    replies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    holds: FakeHolds = field(default_factory=FakeHolds)
    seen: FakeSeen = field(default_factory=FakeSeen)
    confirmations: FakeConfirmations = field(default_factory=FakeConfirmations)

    def post(self, body: str, **headers: str) -> Answer:
        """What Slack gets for a body that it signs now; headers can be changed."""
        return self.receive(function_url_event(body, signed(body, self.now) | headers))

    def receive(self, event: dict[str, Any]) -> Answer:
        """What a function URL's event is answered. Raises Refused."""
        return answer(receive(event), self.ports, self.settings, self.now)

    def refusal(self, event: dict[str, Any]) -> Refusal:
        """Why an event is refused."""
        try:
            self.receive(event)
        except Refused as error:
            return error.refusal
        raise AssertionError("it was answered")

    def told(self, body: str) -> str:
        """The text of the answer to a command."""
        return str(json.loads(self.post(body).body)["text"])

    @property
    def actions(self) -> list[OperatorAction]:
        """What was handed over by events."""
        return [OperatorAction.from_detail(event.detail()) for event in self.events]

    @property
    def untouched(self) -> bool:
        """Whether nothing was recorded, published or sent."""
        return not (
            self.events
            or self.replies
            or self.holds.held
            or self.confirmations.waiting
            or self.seen.requests
        )

    @property
    def settings(self) -> Settings:
        """As the template gives them."""
        return Settings(
            signing_secret_parameter="/signing",
            token_parameter="/token",
            team=TEAM,
            app=APP,
            operators=self.operators,
            slack_api_url=API,
            table_name="ops",
            services=ServiceNames(("web",), ("worker",), ("clock",)),
            rolls_back=self.rolls_back,
            rotation_schedule="",
            time_zone=ZoneInfo("Europe/Rome"),
        )

    @property
    def ports(self) -> Ports:
        """All of them in memory."""
        return Ports(
            signing_secret=lambda: SIGNING_SECRET,
            seen=self.seen,
            groups=lambda: self.groups,
            board=lambda now: self.board,
            keepers=Keepers(self.events.append, self.holds, self.confirmations),
            reply=lambda url, body: self.replies.append((url, json.loads(body))),
        )
