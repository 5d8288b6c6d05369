"""In what state something is, and how bad it is, by the fields and words of an unknown event."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading.severities import WORDS, severity_of

STATES = ("conclusion", "state", "status", "statusCode", "build-status", "result", "outcome")
_STATE = re.compile(
    r"(?<!previous)(?<!desired)(state|status|result|outcome|conclusion|compliancetype)$"
)
_PREVIOUS = re.compile(r"^(previous|old|desired|last|expected)")
LONGEST_STATE = 40
ERRORS = ("errorCode", "errorMessage")
SEVERITIES = ("severity", "Severity", "Label", "level", "priority")
_BAD = re.compile(
    r"\b(fail\w*|error\w*|unsuccessful|aborted|expir\w*|impaired|exceeded|fault\w*|warn\w*"
    r"|rollback|rolled back|breach\w*|(?<!no )threats? found"
    r"|denied|unhealthy|time(d )?out|critical|lost|interrupt\w*|non ?compliant)\b",
    re.IGNORECASE,
)
# A severity says how bad it was; "completed" is not among them, for it may be a scan that finds.
_WELL = ("compliant", "passed", "pass", "ok", "green", "normal", "healthy", "recovered")
_DONE = ("succeeded", "success", "successful", "completed", "complete", "finished", "done")
_OVER = re.compile(r"\b(resolved|closed|recovered)$", re.IGNORECASE)
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-\s]+")


def state_of(values: Mapping[str, Any]) -> str:
    """The state, status or result, under whatever name; empty where there is none."""
    states = [*(str(value) for value in find(values, STATES)), *_states(values)]
    bad = next((state for state in states if _is_bad(state)), "")
    return bad or next(iter(states), "") or first(values, ("eventType",))


def severity(
    values: Mapping[str, Any], kind: str, otherwise: Severity, state: str = ""
) -> Severity:
    """By a severity's word, what a scan counts, or the words of its kind and state."""
    over = _OVER.search(kind) or _OVER.search(state) or state.lower() in _WELL
    if over and not _is_bad(state):
        return Severity.INFO
    labels = [str(value).lower() for value in (*find(values, SEVERITIES), *_named(values))]
    if label := next((one for one in labels if any(one in known for known in WORDS.values())), ""):
        return severity_of(label)[0]
    if counted := [name for name in ("critical", "high") if _counts(values, name)]:
        return severity_of(counted[0])[0]
    if _is_bad(f"{kind} {state}") or any(plain(error) for error in find(values, ERRORS)):
        return Severity.WARNING
    return Severity.INFO if state.lower() in _DONE else otherwise


def _is_bad(words: str) -> bool:
    return bool(_BAD.search(" ".join(_WORDS.split(words))))


def find(values: Mapping[str, Any], names: Sequence[str]) -> Iterator[Any]:
    """Plain values of these names, in their order; those one level deeper after them."""
    for each in _levels(values):
        yield from (each[name] for name in names if plain(each.get(name)))


def first(values: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first of them, as text."""
    return next((str(value) for value in find(values, names)), "")


def plain(value: Any) -> bool:
    """Whether it is a text or a number, and not empty."""
    return isinstance(value, (str, int, float)) and value != ""


def _levels(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    inner = ((str(name).lower(), value) for name, value in values.items())
    deeper = [one for name, one in inner if isinstance(one, Mapping) and not _PREVIOUS.match(name)]
    return [values, *deeper]


def _states(values: Mapping[str, Any]) -> Iterator[str]:
    """Words such as FAILED under names such as TrainingJobStatus; not those of before."""
    for each in _levels(values):
        for name, value in each.items():
            key = str(name).lower().replace("-", "").replace("_", "")
            fits = isinstance(value, str) and 0 < len(value) <= LONGEST_STATE
            if fits and _STATE.search(key) and not _PREVIOUS.match(key):
                yield str(value)


def _named(values: Mapping[str, Any]) -> Iterator[str]:
    """Words under names such as insightSeverity."""
    for name, value in values.items():
        if str(name).lower().endswith("severity") and isinstance(value, str):
            yield value


def _counts(values: Mapping[str, Any], word: str) -> bool:
    """Whether it counts findings of a severity, as a scan of an image does."""
    counts = [value for name, value in values.items() if "severity" in str(name).lower()]
    return any(
        str(name).lower() == word and isinstance(number, int) and number > 0
        for one in counts
        if isinstance(one, Mapping)
        for name, number in one.items()
    )
