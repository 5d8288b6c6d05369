"""A stack in memory that events of the alert queue are fed to, and what each did."""

import json
from collections.abc import Sequence
from copy import replace
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.alert_rules import comes_by_a_rule, rule_for
from local.alerts_in_memory import AlertsInMemory
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.parse import parse
from send_alerts.reading.stack_info import StackInfo

STACK_INFO = StackInfo("eu-west-1", "/ecs/", "jiki-api-web", "")
BEFORE = timedelta(minutes=30)


@dataclass(frozen=True)
class Step:
    """What one event did."""

    notices: tuple[Notice, ...]
    kinds: frozenset[str]
    """Words of the contract's `told` that describe it."""
    mails: int
    posts: int
    text: str
    before: frozenset[str]
    """Incidents that were open before it."""
    opened: frozenset[str]
    """Incidents that are open after it."""
    ended: frozenset[str]


class Player:
    """A stack that events are fed to, one after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.alerts = AlertsInMemory()

    def read(self, name: str) -> tuple[Notice, ...]:
        """What the product reads in a file; nothing where no rule of the template passes it."""
        body = (self._folder / name).read_text()
        try:
            event = json.loads(body)
        except ValueError:
            event = None
        if comes_by_a_rule(event) and rule_for(event) is None:
            return ()
        said = parse(body, _now(event), STACK_INFO)
        return tuple(said) if isinstance(said, list) else ()

    def begin(self, notices: Sequence[Notice]) -> None:
        """Let everything that these may end or add to have begun some time before."""
        for key, notice in {notice.key: notice for notice in notices}.items():
            # What was well until now had begun before that.
            known = notice.since or notice.occurred_at
            start = replace(
                notice,
                signal=Signal.OPEN,
                occurred_at=min(known, notice.occurred_at) - BEFORE,
                text="",
                was=None,
                since=None,
                hold=None,
                ref="",
            )
            if not key.startswith("note:"):
                self.alerts.notify([start], start.occurred_at)

    def play(self, notices: tuple[Notice, ...]) -> Step:
        """Feed one event."""
        channel, before = self.alerts.channel, frozenset(self.alerts.open_incidents())
        mails, roots, lines = len(channel.mails), len(channel.roots), len(channel.lines)
        changes = len(self.alerts.background.changes)
        if notices:
            now = max(notice.occurred_at for notice in notices) + timedelta(seconds=5)
            self.alerts.notify(list(notices), now)
        opened = frozenset(self.alerts.open_incidents())
        sent = [f"{subject}\n{text}" for subject, text in channel.mails[mails:]]
        shown = [*channel.roots[roots:], *channel.lines[lines:]]
        step = Step(
            notices=notices,
            kinds=frozenset(),
            mails=len(sent),
            posts=len(shown),
            text="\n".join([*(_text(notice) for notice in notices), *sent, *shown]),
            before=before,
            opened=opened,
            ended=frozenset(self.alerts.ended_incidents()),
        )
        remembered = len(self.alerts.background.changes) > changes
        return replace(step, kinds=_kinds(step, len(channel.roots) > roots, remembered))


def _kinds(step: Step, rooted: bool, remembered: bool) -> frozenset[str]:
    signals = {notice.signal for notice in step.notices}
    kinds = set()
    sent = bool(step.mails or step.posts)
    if sent and step.opened - step.before:
        kinds.add("open")
    if sent and step.before - step.opened:
        kinds.add("resolved")
    if sent and Signal.RESOLVED in signals and not step.before & {n.key for n in step.notices}:
        kinds.add("resolved_unopened")
    if sent and Signal.NO_DATA in signals:
        kinds.add("no_data")
    if sent and step.before == step.opened:
        added = not rooted and step.opened & {notice.key for notice in step.notices}
        kinds.add("contributor" if added else "note")
        if added and "rolled back" in step.text.lower():
            kinds.add("rolled_back")
    if not sent:
        if step.opened - step.before:
            kinds.add("quiet")
        elif remembered:
            kinds.add("change")
        else:
            kinds |= {"nothing", "duplicate"}
    return frozenset(kinds)


def _text(notice: Notice) -> str:
    facts = "\n".join(f"{name}: {value}" for name, value in notice.facts)
    return "\n".join([notice.title, notice.text, notice.label, facts])


def _now(event: Any) -> datetime:
    """Time of arrival: of an event without a time, noon of a day."""
    return datetime(2026, 11, 25, 12, 0, tzinfo=UTC) if event is None else datetime.now(UTC)
