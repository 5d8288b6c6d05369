"""Rows of a log event: cut, without colours, and parted into level and message."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

# Cut first, then search: every later step is bounded, whatever a line holds.
MAX_EVENT = 64_000
MAX_ROW = 4_000
MAX_ROWS = 400

_COLOUR = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f]")
_STAMP = re.compile(
    r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
    r"(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?:?\s*"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d "
)
_TAG = re.compile(r"\[([^\[\]]{0,200})\]\s*")
_SEMANTIC = re.compile(r"([TDIWEF]) \[\d{0,10}:?[^\]]{0,120}\]\s*")
_LOWER = re.compile(r"(trace|debug|info|warn|warning|error|fatal|panic)\s+")
_HEADER = re.compile(
    "|".join(
        (
            r"[DIWEFA], \[[^\]]{1,60}\]\s+([A-Z]{3,7}) -- [^:]{0,80}: ?",  # Ruby's own
            r"([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{1,9}\s+\d+ [\w.-]+:\d+\] ",  # klog
            r"[\w.-]{1,40}: \[(emerg|alert|crit|error|warn|notice|info)\] ",  # nginx
            r"(TRAC|DEBUG?|INFO|WARN|WARNING|ERROR?|FATAL?|PANIC?)\[\d{1,9}\] ",  # logrus
            r"([DIWE])! ",  # telegraf, CloudWatch agent
            r"\[ ([DINWEC]) \d{4}-\d\d-\d\d [^\]]{1,80}\]: ",  # Passenger
        )
    )
)
# What containerd, foreman and Docker Compose put before a row.
_PUT_BEFORE = re.compile(r"std(?:out|err) [FP] |(?:\d\d:\d\d:\d\d )?[a-z][\w.-]{0,40} +\| ")
_PRIORITY = re.compile(r"<(\d{1,3})>(?:1(?: \S{1,128}){5} (?:-|\[[^\]]{1,400}\]) )?")  # syslog
_HOST = re.compile(r"[\w.-]{1,64} [\w./-]{1,48}\[\d{1,9}\]: ")  # behind its stamp
# Sidekiq 8 writes the level first; before it stood behind what it says of the job.
_SIDEKIQ = re.compile(
    r"(DEBUG|INFO|WARN|ERROR|FATAL) ?\s(?:\d{4}-\S{15,25} )?(pid=\d+ tid=\S+?(?: \w+=\S*?){0,20}): "
)
_WORD = re.compile(
    r"(?:^|(?<=[\s\[|<(]))(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|CRIT|ALERT"
    r"|EMERG|PANIC|SEVERE)(?=[\s\]:|>),-]|$)"
)
_LEVEL_FIRST = re.compile(
    r"^(?:(?:pid=\d+ tid=|\d+ TID-)\S+ (?:\S+[=-]\S+ )*)?"  # Sidekiq's
    r"[\[(<]?[A-Z]{4,9}[\])>]?(?: --)?\s*:?\s+(?=[A-Z(/<])"
)
_LOGGER_FIRST = re.compile(r"^(?:\([\d.]{1,12}\w{1,3}\) )?[A-Z][\w:]{0,100} -- ")
_WORD_FIRST = re.compile(
    r"(?i:(fatal|error|warning|info)(?: error)?(?::| -) "
    r"(?!(?:null|nil|none|no|false|0|\[\]|\{\})(?:[,;]|$)))"
)
SYSLOG_ERROR = 3
"""Its numbers from 0 to this are errors."""
WORD_WITHIN = 100
"""A level stands near the start of its row; further on the same word is part of the text."""


class Level(StrEnum):
    """How bad a row says that it is."""

    QUIET = "quiet"
    """Trace to notice."""
    WARNING = "warning"
    ERROR = "error"
    """Error and all above it."""


LEVELS: dict[str, Level] = {
    **dict.fromkeys(
        (
            *("trace", "trac", "t", "verbose", "debug", "debu", "d", "info", "i", "information"),
            *("informational", "notice", "n", "ok", "success"),
        ),
        Level.QUIET,
    ),
    **dict.fromkeys(("warn", "warning", "w"), Level.WARNING),
    **dict.fromkeys(
        (
            *("error", "erro", "err", "e", "fatal", "fata", "f", "critical", "crit", "c", "alert"),
            *("emerg", "emergency", "panic", "pani", "dpanic", "severe", "failure"),
        ),
        Level.ERROR,
    ),
}


class Row(NamedTuple):
    """One row: its level where it has one, and what stands behind stamps and tags."""

    level: Level | None
    tags: tuple[str, ...]
    message: str


def rows(text: str) -> Iterator[str]:
    """The rows of an event, cut and without colours."""
    event = text[:MAX_EVENT].replace("\r", "\n")
    for number, row in enumerate(event.split("\n")):
        if number == MAX_ROWS:
            return
        yield _COLOUR.sub("", row[:MAX_ROW])


def parse_row(row: str) -> Row:
    """Part a row into level, tags and message.

    Known are Ruby's Logger::Formatter, semantic_logger, Rails' tags, and a level word of other
    libraries near the start.
    """
    level: Level | None = None
    tags: list[str] = []
    rest = _SIDEKIQ.sub(r"\2 \1: ", row.strip(), count=1)
    if found := _PRIORITY.match(rest):
        level = Level.ERROR if int(found[1]) % 8 <= SYSLOG_ERROR else None
        rest = rest[found.end() :]
    while True:
        if found := _STAMP.match(rest):
            rest = rest[found.end() :]
            if behind := _SEMANTIC.match(rest) or _LOWER.match(rest):
                level, rest = LEVELS[behind[1].lower()], rest[behind.end() :]
            elif behind := _HOST.match(rest):
                rest = rest[behind.end() :]
            continue
        if found := _HEADER.match(rest):
            word = found[found.lastindex or 0]
            level, rest = LEVELS.get(word.lower()), rest[found.end() :]
            continue
        if found := _PUT_BEFORE.match(rest):
            rest = rest[found.end() :]
            continue
        if found := _TAG.match(rest):
            if found[1] == "BUG":  # Ruby's own crash report
                break
            tags.append(found[1])
            word = found[1].strip().partition(" ")[0].lower()
            level, rest = level or LEVELS.get(word if len(word) > 1 else ""), rest[found.end() :]
            continue
        break
    return Row(level, tuple(tags), rest)


def level_word(message: str) -> Level | None:
    """The level that a word near the message's start names."""
    found = _WORD_FIRST.match(message) or _WORD.search(message[:WORD_WITHIN])
    return LEVELS[found[1].lower()] if found else None


def without_level(message: str) -> str:
    """The message behind a level word or a logger's name at its start."""
    return _LOGGER_FIRST.sub("", _LEVEL_FIRST.sub("", message))
