"""Whether a log event says that something is broken, and what."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from probe_deployment.logs import harmless, signs
from probe_deployment.logs.entry import Entry
from probe_deployment.logs.exceptions import HARMLESS, Raised, raised
from probe_deployment.logs.frames import app_frame, is_frame
from probe_deployment.logs.json_entry import read_json
from probe_deployment.logs.pairs import read_access, read_pairs
from probe_deployment.logs.rows import Level, Row, level_word, parse_row, rows, without_level

ABORTED = "a task was given up"
"""Its cause is in the rows that follow."""
OF_A_CLIENT = ("context canceled", "request body too large", "client disconnected")
FRAMES_WITHIN = 60  # rows behind an exception in which its backtrace is searched

_REQUEST = re.compile(r"[0-9a-f]{8}(?:[0-9a-f-]{24,28})?|ActiveJob")
_JOB = re.compile(
    r"(?:Error performing|Stopped retrying|Discarded|Failed enqueuing) ([A-Z][\w:]{0,120})"
)
_SIDEKIQ_JOB = re.compile(
    r"(?:\bclass=|\"class\\?\": ?\\?\"|TID-\S+ (?=\S+ JID-))([A-Z][\w:]{0,120})"
)
_OF_JOB = re.compile(r"(?:ms: |due to an? |\): )([A-Z][\w:]{1,160}(?: \(.*)?)")


@dataclass(frozen=True, slots=True)
class LogError:
    """One thing that went wrong, as a log shows it; nothing in it is redacted yet."""

    why: str
    """By what it was recognised."""
    name: str
    """The exception's class, or empty."""
    message: str
    source: str = ""
    """The controller, job or logger."""
    status: int | None = None
    frame: str = ""
    """The first line of the app's own backtrace: file and method, without a line number."""


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
    if sign := signs.sign_in(message, quiet=True):
        yield _signed(sign, message)
    elif not harmless.ROWS.match(message):
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
    if exception and exception.benign and not _JOB.match(message):
        yield exception
    elif sign:
        yield _signed(sign, message)
    elif harmless.OF_CLIENTS.match(message):
        return
    elif exception:
        yield LogError("an exception", exception.name, exception.message)
    elif level is Level.ERROR:
        yield LogError("level error", "", message)


def _signed(sign: signs.Sign, message: str) -> LogError:
    job = _JOB.match(message)
    cause = _OF_JOB.search(message) if job else None
    exception = raised(cause[1]) if cause else raised(without_level(message))
    if sign.name == "Sidekiq" and not exception:  # the rest of it is ids and arguments
        job, message = _SIDEKIQ_JOB.search(message), "a job failed"
    return LogError(
        why=sign.name,
        name=exception.name if exception else "",
        message=exception.message if exception else message,
        source=job[1] if job else "",
        status=int(message[10:13]) if message.startswith("Completed ") else None,
    )


def _of_entry(entry: Entry) -> Iterator[LogError | Raised | str]:
    row = entry.message.strip().partition("\n")[0]
    exception = entry.error or raised(row)
    text_says = list(_of_row(Row(entry.level, (), entry.message[:4000]))) if entry.message else []
    found = next((each for each in text_says if isinstance(each, LogError)), None)
    if entry.status is not None and entry.status >= 500:
        found = LogError(f"answered {entry.status}", "", entry.message or entry.text)
    elif entry.status is not None and entry.status >= 400 and entry.of_request:
        return
    elif exception and exception.benign and not _JOB.match(row):
        yield exception
        return
    elif _of_a_client(entry):
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


def _of_a_client(entry: Entry) -> bool:
    """Whether the client went away while Thruster waited, or sent more than is allowed."""
    return entry.error is not None and entry.error.message.endswith(OF_A_CLIENT)
