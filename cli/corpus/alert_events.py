"""Events of the alert queue: alone, after the beginning of what they may end, and in sequences."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import replace
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli.corpus.verdicts import Verdict, judged
from local.alert_rules import comes_by_a_rule, rule_for
from local.alerts_in_memory import AlertsInMemory
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.parse import NotAnEvent, parse
from send_alerts.reading.stack_info import StackInfo

STACK_INFO = StackInfo("eu-west-1", "/ecs/", "jiki-api-web", "")
BEFORE = timedelta(minutes=30)
TEXTLESS = ("nothing", "duplicate")


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
            start = replace(
                notice,
                signal=Signal.OPEN,
                occurred_at=notice.occurred_at - BEFORE,
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
        changes = len(self.alerts.memory.changes)
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
        remembered = len(self.alerts.memory.changes) > changes
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
        kinds |= {"note"} if rooted else {"contributor", "rolled_back", "note"}
    if not sent:
        kinds |= {"quiet"} if step.opened - step.before else set()
        kinds |= {"change"} if remembered else {"nothing", "duplicate"}
    return frozenset(kinds)


def judge_folder(folder: Path, expected: Mapping[str, Any]) -> Iterator[Verdict]:
    """A verdict for each file, and for each sequence."""
    sequences = _sequences(folder)
    for name, entry in expected.items():
        try:
            yield _judge(folder, name, entry["expect"], sequences, list(expected))
        except Exception as error:  # noqa: BLE001  # whatever the product raises is its answer
            yield judged(folder.name, name, [f"raises {type(error).__name__}: {error}"])
    for sequence in sequences:
        yield judged(folder.name, f"sequence {sequence['name']}", _sequence(folder, sequence))


def _judge(
    folder: Path,
    name: str,
    expect: Mapping[str, Any],
    sequences: Sequence[Mapping[str, Any]],
    others: Sequence[str],
) -> Verdict:
    wanted = _listed(expect["told"])
    if "record" in wanted:
        return judged(folder.name, name, [])
    try:
        notices = Player(folder).read(name)
    except NotAnEvent as error:
        return judged(folder.name, name, [f"refused: {error}"])
    steps = list(
        _contexts(folder, name, notices, sequences, others if "duplicate" in wanted else ())
    )
    found = [_troubles(step, wanted, expect) for step in steps]
    troubles = min(found, key=len)
    if other := expect.get("other_incident_than"):
        same = {n.key for n in notices} & {n.key for n in Player(folder).read(other)}
        troubles = [*troubles, *([f"same incident as {other}"] if same else [])]
    return judged(folder.name, name, troubles)


def _contexts(
    folder: Path,
    name: str,
    notices: tuple[Notice, ...],
    sequences: Sequence[Mapping[str, Any]],
    others: Sequence[str],
) -> Iterator[Step]:
    """The event alone; after a beginning; in each sequence it is part of; after all the others."""
    yield Player(folder).play(notices)
    begun = Player(folder)
    begun.begin(notices)
    yield begun.play(notices)
    earlier = [
        [step["file"] for step in sequence["steps"][:at]]
        for sequence in sequences
        for at, step in enumerate(sequence["steps"])
        if step["file"] == name and at
    ]
    if others:
        earlier.append([other for other in others if other != name])
    for names in earlier:
        player = Player(folder)
        for one in names:
            with suppress(NotAnEvent):
                player.play(player.read(one))
        yield player.play(notices)


def _troubles(step: Step, wanted: Sequence[str], expect: Mapping[str, Any]) -> list[str]:
    """What is not as expected, the kind first."""
    troubles = []
    if not step.kinds & set(wanted):
        troubles.append(f"{' or '.join(sorted(step.kinds)) or 'told'}, not {' or '.join(wanted)}")
    elif not step.notices and set(wanted) & set(TEXTLESS):
        return []
    text = step.text.lower()
    troubles += [
        f"doesn't say {part!r}" for part in expect.get("says", ()) if part.lower() not in text
    ]
    troubles += [f"says {part!r}" for part in expect.get("not_says", ()) if part.lower() in text]
    severities = {n.severity.value for n in step.notices if n.signal is not Signal.CHANGE}
    severities = severities or {n.severity.value for n in step.notices}
    allowed = set(_listed(expect.get("severity", [])))
    if allowed and severities and not severities & allowed:
        troubles.append(
            f"severity {' '.join(sorted(severities))}, not {' or '.join(sorted(allowed))}"
        )
    state = expect.get("state")
    if state == "open" and not step.opened:
        troubles.append("no incident is open after it")
    if state == "resolved" and (step.opened or not step.ended):
        troubles.append("its incident is not resolved")
    if state == "unchanged" and step.before - step.opened:
        troubles.append("it ended an incident")
    return troubles


def _sequence(folder: Path, sequence: Mapping[str, Any]) -> list[str]:
    player, troubles = Player(folder), []
    for number, wanted in enumerate(sequence["steps"], 1):
        step = player.play(player.read(wanted["file"]))
        state = "open" if step.opened else "resolved" if step.ended else "none"
        where = f"step {number} ({wanted['file']})"
        if "incident" in wanted and state != wanted["incident"]:
            troubles.append(f"{where}: {state}, not {wanted['incident']}")
        told = wanted.get("told")
        if told == "nothing" and (step.mails or step.posts):
            troubles.append(f"{where}: people were notified")
        if told == "once" and not (step.mails <= 1 and 1 <= step.mails + step.posts <= 2):
            troubles.append(f"{where}: {step.mails} mails and {step.posts} posts, not one of each")
    return troubles


def _sequences(folder: Path) -> list[Mapping[str, Any]]:
    path = folder / "sequences.json"
    return list(json.loads(path.read_text())) if path.exists() else []


def _text(notice: Notice) -> str:
    facts = "\n".join(f"{name}: {value}" for name, value in notice.facts)
    return "\n".join([notice.title, notice.text, notice.label, facts])


def _now(event: Any) -> datetime:
    """Time of arrival: of an event without a time, noon of a day."""
    return datetime(2026, 11, 25, 12, 0, tzinfo=UTC) if event is None else datetime.now(UTC)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
