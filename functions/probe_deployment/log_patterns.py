"""Errors in log lines: recognised, redacted, and reduced to patterns that can be compared."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

# Compiled by `re` when they are first used: few runs read any logs, and each starts cold.
ERROR = (
    r"\b(?:ERROR|FATAL)\b"
    r"|\b[A-Z]\w*(?:Error|Exception)\b"
    # A log of queries at debug level names these models on each line.
    r"|\bActiveRecord::(?!Base\b|Migration\b|Relation\b|SchemaMigration\b|InternalMetadata\b)[A-Z]"
    r"|[Oo]ut of memory|\bOOM\b|OutOfMemory|[Cc]annot allocate memory|\bSIGKILL\b"
)
REDACTIONS: tuple[tuple[str, str], ...] = (
    (r"(?<=://)[^/\s@]+@", "[redacted]@"),
    (r"\b[Bb]earer\s+\S+", "Bearer [redacted]"),
    (
        (
            r"(?i)([\w-]*(?:password|passwd|secret|token|api_?-?key|authorization|cookie|session)"
            r"[\w-]*[\"']?\s*(?:=>|[=:])\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&}]+)"
        ),
        r"\1[redacted]",
    ),
    (r"\b(?:[sprw]k|whsec)_\w+", "[redacted]"),
    (r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[e-mail]"),
    (r"\b\d{1,3}(?:\.\d{1,3}){3}\b", "[address]"),
    # Keys, hashes and ids: long, and of letters as well as digits.
    (r"(?=[\w+/=.-]*\d)(?=[\w+/=.-]*[A-Za-z])[\w+/=-][\w+/=.-]{23,}", "[redacted]"),
    (r"\d{9,}", "[number]"),
)
VARIABLE: tuple[tuple[str, str], ...] = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:?\d\d)?", ""),
    (r"\[[^\[\]]*\]", ""),
    (r"\"[^\"]*\"|'[^']*'", "…"),
    (r"\b(?:0x)?[0-9a-f]*\d[0-9a-f]*\b", "#"),
    (r"\s+", " "),
)
SAMPLE_LENGTH = 200
PATTERN_LENGTH = 120


class ErrorPattern(NamedTuple):
    """How often a pattern was met, and its first line, redacted."""

    times: int
    sample: str


def patterns(lines: Iterable[str]) -> dict[str, ErrorPattern]:
    """The error patterns in some lines, in the order met."""
    found: dict[str, ErrorPattern] = {}
    for line in lines:
        text = _text(line)
        if not re.search(ERROR, text):
            continue
        redacted = redact(text)
        key = _pattern(redacted)
        known = found.get(key)
        found[key] = (
            ErrorPattern(known.times + 1, known.sample)
            if known
            else ErrorPattern(1, redacted[:SAMPLE_LENGTH])
        )
    return found


def new_patterns(
    before: Mapping[str, ErrorPattern], after: Mapping[str, ErrorPattern]
) -> list[ErrorPattern]:
    """Those that were not met before, the most frequent first."""
    new = [pattern for key, pattern in after.items() if key not in before]
    return sorted(new, key=lambda pattern: -pattern.times)


def redact(text: str) -> str:
    """The text without what looks like a credential, a person or an address."""
    for expression, replacement in REDACTIONS:
        text = re.sub(expression, replacement, text)
    return text


def _text(line: str) -> str:
    """Level and message of a line of JSON, else the line's first row."""
    try:
        entry = json.loads(line) if line.startswith("{") else None
    except ValueError:
        entry = None
    if isinstance(entry, dict):
        level = str(entry.get("level") or entry.get("severity") or "").upper()
        message = entry.get("message") or entry.get("msg") or entry.get("exception") or ""
        return f"{level} {message}".strip()
    return line.strip().partition("\n")[0]


def _pattern(text: str) -> str:
    for expression, replacement in VARIABLE:
        text = re.sub(expression, replacement, text)
    return text.strip()[:PATTERN_LENGTH]
