"""Events of the alert queue: alone, after the beginning of what they may end, and in sequences."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from cli.corpus.alert_player import Player, Step
from cli.corpus.verdicts import Status, Verdict, asked, judged
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.parse import NotAnEvent

ALONE = frozenset({"open", "quiet", "note", "change", "nothing", "resolved_unopened"})
"""Words of the contract's `told` that hold for an event with nothing before it."""
AFTER_A_BEGINNING = frozenset({"resolved", "contributor", "rolled_back", "no_data"})
"""Words that need something to end or to add to."""
TEXTLESS = frozenset({"nothing", "duplicate"})
KNOWN = ALONE | AFTER_A_BEGINNING | TEXTLESS | {"record"}


def judge_folder(folder: Path, expected: Mapping[str, Any]) -> Iterator[Verdict]:
    """A verdict for each file, and for each sequence."""
    sequences = _sequences(folder)
    for name, entry in expected.items():
        yield _judge(folder, name, entry["expect"], sequences, list(expected))
    for sequence in sequences:
        name = f"sequence {sequence.get('name', '')}"
        yield asked(folder.name, name, partial(_sequence, folder, sequence))


def _judge(
    folder: Path,
    name: str,
    expect: Mapping[str, Any],
    sequences: Sequence[Mapping[str, Any]],
    others: Sequence[str],
) -> Verdict:
    wanted = frozenset(_listed(expect["told"]))
    if not wanted <= KNOWN:
        why = f"expected: {' '.join(sorted(wanted - KNOWN))} is no word of the contract"
        return Verdict(folder.name, name, Status.NOT_COVERED, why)
    if "record" in wanted:
        return judged(folder.name, name, [])

    def troubles() -> list[str]:
        notices = Player(folder).read(name)
        contexts = _contexts(folder, name, notices, wanted, sequences, others)
        found = min((_troubles(step, words, expect) for step, words in contexts), key=len)
        if other := expect.get("other_incident_than"):
            same = {n.key for n in notices} & {n.key for n in Player(folder).read(other)}
            found += [f"same incident as {other}"] if same else []
        return found

    return asked(folder.name, name, troubles)


def _contexts(
    folder: Path,
    name: str,
    notices: tuple[Notice, ...],
    wanted: frozenset[str],
    sequences: Sequence[Mapping[str, Any]],
    others: Sequence[str],
) -> Iterator[tuple[Step, frozenset[str]]]:
    """What the event did where its words can hold, with those of them that can hold there.

    Alone; after a beginning and in the sequences it is part of, if it ends something or adds to
    it; after all the others, if it repeats one of them.
    """
    if words := wanted & ALONE:
        yield Player(folder).play(notices), words
    if wanted & AFTER_A_BEGINNING:
        begun = Player(folder)
        begun.begin(notices)
        yield begun.play(notices), wanted & AFTER_A_BEGINNING
        for sequence in sequences:
            files = [step["file"] for step in sequence["steps"]]
            if name in files[1:]:
                player = _played(folder, files[: files.index(name, 1)])
                yield player.play(notices), wanted - ALONE | wanted & {"change"}
    if "duplicate" in wanted:
        player = _played(folder, [other for other in others if other != name])
        yield player.play(notices), wanted & TEXTLESS


def _played(folder: Path, names: Sequence[str]) -> Player:
    player = Player(folder)
    for name in names:
        with suppress(NotAnEvent):
            player.play(player.read(name))
    return player


def _troubles(step: Step, wanted: frozenset[str], expect: Mapping[str, Any]) -> list[str]:
    """What is not as expected, the kind first."""
    troubles = []
    if not step.kinds & wanted:
        words = " or ".join(sorted(step.kinds)) or "notified"
        troubles.append(f"{words}, not {' or '.join(sorted(wanted))}")
    elif not step.notices and wanted & TEXTLESS:
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
        news = wanted.get("told")
        if news == "nothing" and (step.mails or step.posts):
            troubles.append(f"{where}: people were notified")
        if news == "once" and not (step.mails <= 1 and 1 <= step.mails + step.posts <= 2):
            troubles.append(f"{where}: {step.mails} mails and {step.posts} posts, not one of each")
    return troubles


def _sequences(folder: Path) -> list[Mapping[str, Any]]:
    path = folder / "sequences.json"
    return list(json.loads(path.read_text())) if path.exists() else []


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
