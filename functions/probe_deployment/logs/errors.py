"""Whether a log event says that something is broken, and what."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from probe_deployment.logs import harmless, signs
from probe_deployment.logs.entry import Entry
from probe_deployment.logs.exceptions import HARMLESS, Raised, raised
from probe_deployment.logs.frames import app_frame, is_frame
from probe_deployment.logs.json_entry import read_json
from probe_deployment.logs.log_error import JOB, LogError, signed
from probe_deployment.logs.pairs import read_access, read_pairs
from probe_deployment.logs.rows import Level, Row, level_word, parse_row, rows, without_level

ABORTED = "a task was given up"
"""Its cause is in the rows that follow."""
OF_A_CLIENT = ("context canceled", "request body too large", "client disconnected")
FRAMES_WITHIN = 60  # rows behind an exception in which its backtrace is searched

_REQUEST = re.compile(r"[0-9a-f]{8}(?:[0-9a-f-]{24,28})?|ActiveJob")


def errors(events: Iterable[str]) -> Iterator[LogError]:
    """The errors in the events of one log stream, in their order.

    An exception's backtrace, and what a task was given up for, may stand in the rows behind it,
    be they of the same event or of the next ones.
    """
    pending: LogError | None = None
    age = 0
    for event in events:
        for found in _of_event(event):
            if isinstance(found, LogError):
                if pending and pending.why != ABORTED:
                    yield pending
                pending, age = found, 0
            elif pending is None:
                continue
            elif isinstance(found, Raised):
                pending = _given_up_for(pending, found)
            elif found and not pending.frame:
                pending = replace(pending, frame=found)
            age += 1
            if pending and age > FRAMES_WITHIN:
                yield pending
                pending = None
    if pending:
        yield pending


def _given_up_for(pending: LogError, raised_: Raised) -> LogError | None:
    """Nothing where it was asked to end; what is a client's fault in a request is a task's own."""
    if pending.why != ABORTED:
        return pending
    if raised_.name in HARMLESS:
        return None
    return replace(pending, why="an exception", name=raised_.name, message=raised_.message)


def first_error(event: str) -> LogError | None:
    """The first error in one event by itself, or None."""
    return next(errors([event]), None)


def _of_event(event: str) -> Iterator[LogError | Raised | str]:
    """Errors, benign exceptions and frames of the app, row by row."""
    if entry := _structured(event):
        yield from _of_event(entry.nested) if entry.nested else _of_entry(entry)
        return
    level: Level | None = None
    for text in rows(event):
        row = parse_row(text)
        level = row.level or (level if text.startswith((" ", "\t")) else None)
        yield from _of_row(row._replace(level=level))


def _structured(event: str) -> Entry | None:
    """An entry of JSON, behind tags and stamps too."""
    start = event[:2000].find("{")
    if start < 0:
        return None
    before = parse_row(event[:start] + "{")
    if before.message not in ("{", "@cee: {"):
        return None
    entry = read_json(event[start:].strip())
    return replace(entry, level=entry.level or before.level) if entry else None


def _of_row(row: Row) -> Iterator[LogError | Raised | str]:
    message = row.message
    if not message:
        return
    if frame := app_frame(bare := without_level(message)):
        yield frame
        return
    if is_frame(bare):
        return
    if entry := read_json(message) or read_pairs(message) or read_access(message):
        yield from _of_entry(replace(entry, level=entry.level or row.level))
        return
    sign = signs.sign_in(message, quiet=True)
    if sign or (bare != message and (sign := signs.sign_in(bare, quiet=True))):
        yield signed(sign, message)
    elif harmless.ALWAYS.match(bare):
        return
    elif row.level is Level.ERROR or not harmless.ROUTINE.match(message):
        yield from _of_text(row)


def _of_text(row: Row) -> Iterator[LogError | Raised | str]:
    """What a row amounts to by its level, an exception in it, or a sign."""
    message = row.message
    host_refused = any("HostAuthorization" in tag for tag in row.tags)
    level = row.level or level_word(message)
    if level is Level.QUIET or (level is Level.WARNING and not host_refused):
        return
    sign = signs.sign_in(message, in_request=any(map(_REQUEST.fullmatch, row.tags)))
    exception = raised(without_level(message))
    if exception and exception.benign and not JOB.match(message):
        yield exception
    elif sign:
        yield signed(sign, message)
    elif harmless.HOST_OF_A_SCANNER.match(message):
        return
    elif exception:
        yield LogError("an exception", exception.name, exception.message)
    elif level is Level.ERROR:
        yield LogError("level error", "", message)


def _of_entry(entry: Entry) -> Iterator[LogError | Raised | str]:
    row = entry.message.strip().partition("\n")[0]
    exception = entry.error or raised(row)
    said = parse_row(entry.message[:4000])
    text_says = list(_of_row(said._replace(level=entry.level or said.level)))
    found = next((each for each in text_says if isinstance(each, LogError)), None)
    if entry.status is not None and entry.status >= 500:
        found = LogError(f"answered {entry.status}", "", entry.message or entry.text)
    elif entry.status is not None and entry.status >= 400 and entry.of_request:
        return
    elif exception and exception.benign and not JOB.match(row):
        yield exception
        return
    elif _of_a_client(entry, without_level(said.message)) or (
        found is None and _empty(entry, said)
    ):
        return
    elif row.startswith("Unable to proxy request"):
        found = LogError("Thruster answered 502", "", row)
    elif entry.level is Level.ERROR:
        found = found or LogError("level error", "", entry.message or entry.text)
    elif entry.level is None and entry.error and entry.error.name:
        found = LogError("an exception", "", entry.message)
    if found is None:
        return
    if exception:
        found = replace(found, name=exception.name, message=exception.message or found.message)
    frame = next((frame for each in entry.trace if (frame := app_frame(each))), "")
    yield replace(found, source=found.source or entry.source, status=entry.status, frame=frame)


def _of_a_client(entry: Entry, message: str) -> bool:
    """Whether a client left, scans, or sent more than Thruster lets through."""
    of_thruster = entry.error is not None and entry.error.message.endswith(OF_A_CLIENT)
    return of_thruster or bool(harmless.ALWAYS.match(message))


def _empty(entry: Entry, said: Row) -> bool:
    """Whether its message is blank (Rails puts one before an exception), or a scanner's host."""
    return entry.message.isspace() or bool(harmless.HOST_OF_A_SCANNER.match(said.message))
