"""What one log event says is broken, row by row."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from probe_deployment.logs import harmless, signs
from probe_deployment.logs.entry import Entry
from probe_deployment.logs.exceptions import Raised, raised
from probe_deployment.logs.frames import app_frame, is_frame
from probe_deployment.logs.json_entry import read_json
from probe_deployment.logs.log_error import JOB, LogError, signed
from probe_deployment.logs.pairs import read_access, read_pairs
from probe_deployment.logs.rows import Level, Row, level_word, parse_row, rows, without_level

OF_A_CLIENT = ("context canceled", "request body too large", "client disconnected")

_REQUEST = re.compile(r"[0-9a-f]{8}(?:[0-9a-f-]{24,28})?|ActiveJob")


class Serves(NamedTuple):
    """An answer of the app, or Puma's word that it listens."""


def of_event(event: str) -> Iterator[LogError | Raised | str | Serves]:
    """Errors, benign exceptions and frames of the app, row by row, and that it serves."""
    if entry := _structured(event):
        yield from of_event(entry.nested) if entry.nested else _of_entry(entry)
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


def _of_row(row: Row) -> Iterator[LogError | Raised | str | Serves]:
    message = row.message
    if not message:
        return
    if message.startswith("* Listening on "):
        yield Serves()
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


def _of_entry(entry: Entry) -> Iterator[LogError | Raised | str | Serves]:
    if entry.of_request and entry.status is not None and entry.status < 500:
        yield Serves()
    yield from _error_of(entry)


def _error_of(entry: Entry) -> Iterator[LogError | Raised | str]:
    row = entry.message.strip().partition("\n")[0]
    exception = entry.error or raised(row)
    said = parse_row(entry.message[:4000])
    text_says = list(_of_row(said._replace(level=entry.level or said.level)))
    found = next((each for each in text_says if isinstance(each, LogError)), None)
    if entry.status is not None and entry.status >= 500:
        found = LogError(f"answered {entry.status}", "", entry.message or entry.text)
    elif entry.status is not None and entry.of_request and (entry.status >= 400 or not entry.level):
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
