"""Finds the inputs below a folder, and hands each kind to the module that knows it."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cli.corpus import alert_events, aws_answers, hooks, log_lines, recordings, slack_answers
from cli.corpus.verdicts import Status, Verdict

type Judge = Callable[[Path, Mapping[str, Any]], Iterator[Verdict]]
BY_EXPECTATION: Mapping[str, Judge] = {
    "told": alert_events.judge_folder,
    "accepted": hooks.judge_folder,
    "operation": aws_answers.judge_folder,
    "means": slack_answers.judge_folder,
}
"""By the word that only this kind of expectation has."""
OF_THE_LAYOUT = ("expected.json", "sequences.json")


class NoCorpus(Exception):
    """There is nothing of the corpus' layout; the message says where."""


def judge(folder: Path) -> list[Verdict]:
    """A verdict for each input in a folder, or in its sub-folders. Raises NoCorpus."""
    folders = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
    verdicts = [verdict for each in folders for verdict in _judge(each)]
    if not verdicts:
        raise NoCorpus(f"{folder} has no expected.json, no lines and no recordings")
    return verdicts


def _judge(folder: Path) -> Iterator[Verdict]:
    yield from log_lines.judge_folder(folder)
    path = folder / "expected.json"
    if path.exists():
        yield from _judge_expected(folder, json.loads(path.read_text()))
    else:
        yield from _judge_recordings(folder)


def _judge_expected(folder: Path, expected: Mapping[str, Any]) -> Iterator[Verdict]:
    kinds: dict[str, dict[str, Any]] = {}
    for name, entry in expected.items():
        expect = entry.get("expect", {})
        kind = next((word for word in BY_EXPECTATION if word in expect), "")
        kinds.setdefault(kind, {})[name] = entry
    for name in kinds.pop("", ()):
        yield _not_covered(folder, name, "an expectation that nothing here can judge")
    for kind, entries in kinds.items():
        yield from BY_EXPECTATION[kind](folder, entries)
    for file in sorted([*folder.glob("*.json"), *folder.glob("*.txt")]):
        if file.name not in (*expected, *OF_THE_LAYOUT):
            yield _not_covered(folder, file.name, "nothing is expected of it")


def _judge_recordings(folder: Path) -> Iterator[Verdict]:
    files = sorted(folder.glob("*.json"))
    snapshots = [each for each in files if recordings.is_recording(each)]
    if snapshots:
        yield from recordings.judge_files(snapshots)
    for each in files:
        if each not in snapshots:
            yield _not_covered(folder, each.name, "no expected.json beside it, and no recording")


def _not_covered(folder: Path, name: str, why: str) -> Verdict:
    return Verdict(folder.name, name, Status.NOT_COVERED, why)
