"""What people are answered, as rows: Slack shows them as lines, the terminal as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .board import Board
from .commands import USAGE, Question
from .summaries import IncidentSummary, Part

RECENT = timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """One line: what it is about, how it stands, and since when or until when."""

    about: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True)
class Section:
    """A heading and its rows; `empty` is said where there are none."""

    heading: str
    rows: tuple[Row, ...]
    empty: str = ""


def answer(question: Question, subject: str, board: Board) -> tuple[Section, ...]:
    """The sections that answer a question."""
    match question:
        case Question.STATUS:
            return _status(board)
        case Question.INCIDENTS:
            return (_incidents(board.open),)
        case Question.WHY:
            return _why(subject, board)
        case Question.HELP:
            rows = (Row(usage.words, usage.meaning) for usage in USAGE.values())
            return (Section("Commands", tuple(rows)),)


def _status(board: Board) -> tuple[Section, ...]:
    workers = [Row(one.name, one.text, one.at) for one in board.of(Part.SCALING)]
    rotation = [Row(one.name, one.text, one.at) for one in board.of(Part.ROTATION)]
    if board.next_rotation:
        rotation.append(Row("next", "by its schedule", board.next_rotation))
    verdicts = [Row(one.name, one.text, one.at) for one in board.of(Part.VERDICT)]
    quiet = [Row(pattern, "silenced until", until) for pattern, until in board.silences]
    held = [
        Row(one.service, f"held at {one.tasks} by {one.by} until", one.until) for one in board.holds
    ]
    sections = (
        _incidents(board.open),
        Section("Workers", tuple(workers), "no tick has been recorded"),
        Section("Rotation", tuple(rotation), "none has been recorded"),
        Section("Verdicts", tuple(verdicts), "none has been recorded"),
        Section("Silenced and held", (*quiet, *held), "nothing"),
    )
    if board.complete:
        return sections
    return (*sections, Section("Left out", (Row("table", "it holds more than was read"),)))


def _incidents(incidents: Sequence[IncidentSummary]) -> Section:
    rows = (Row(one.reference, _standing(one), one.opened_at) for one in incidents)
    return Section("Open incidents", tuple(rows), "none")


def _standing(incident: IncidentSummary) -> str:
    seen = f", acknowledged by {incident.acknowledged_by}" if incident.acknowledged_by else ""
    quiet = ", silenced" if incident.silenced_until else ""
    return f"{incident.severity}: {incident.title}{seen}{quiet}"


def _why(service: str, board: Board) -> tuple[Section, ...]:
    found = board.of(Part.SCALING, service)
    if not found:
        return (Section(f"Why {service}".strip(), (), "no tick has been recorded"),)
    return tuple(
        Section(f"Why {one.name}", tuple(Row("", text, at) for at, text in one.recent))
        for one in found
    )
