"""Log entries of JSON, with the keys of several libraries."""

import json
import re
from collections.abc import Mapping
from typing import Any

from probe_deployment.logs.entry import Entry, error_of
from probe_deployment.logs.exceptions import Raised
from probe_deployment.logs.rows import LEVELS, Level

MAX_JSON = 1_200_000  # no event of CloudWatch Logs is longer

# The keys of lograge (also logstash and Graylog), semantic_logger, Thruster (slog), Elastic Common
# Schema, pino, bunyan, Datadog, Google Cloud Logging and OpenTelemetry.
LEVEL_KEYS = (
    *("levelname", "level", "severity", "log.level", "lvl", "loglevel", "log_level", "level_name"),
    *("severitytext", "severity_text", "@level", "syslog.severity"),
)
STATUS_KEYS = (
    *("status", "status_code", "statusCode", "_status", "http.status_code", "http.response.status"),
    *("http.response.status_code", "payload.status", "res.statusCode", "response.status"),
    *("httprequest.status", "http.status", "semantic_logger.status", "labels.status"),
)
MESSAGE_KEYS = (
    *("message", "msg", "short_message", "textpayload", "_message", "event", "@message"),
    *("jsonpayload.message", "body", "messagetemplate", "context"),
)
ERROR_KEYS = ("exception", "exception_object", "error", "err", "_error", "_exception")
CLASS_KEYS = ("name", "class", "type", "kind", "exception_class", "error_class")
CLASSES = (
    *("exception_class", "error_class", "error.type", "exception.type", "payload.exception_class"),
    *("error.kind", "attributes.exception.type"),
)
TRACE_KEYS = ("stack_trace", "backtrace", "stack", "stacktrace", "trace")
SOURCE_KEYS = (
    *("controller", "_controller", "payload.controller", "payload.job_class", "name", "logger"),
    "log.logger",
)
REQUEST_KEYS = ("path", "_path", "payload.path", "controller", "url", "http.url", "payload.status")
HANDLED = ("action_controller.rescue_from_handled", "active_job.retry_scheduled")
"""Events of Rails 8.1 that name an exception and no failure."""
NUMBERS_OF_ERRORS = 50
"""pino and bunyan: 50 is error, 60 fatal."""

_PART_STATUS = re.compile(r"\"status\": ?\"?(\d{3})\b")
_PART_LEVEL = re.compile(r"\"(?:level|severity)\": ?\"?(\w{1,12})\b")


def read_json(text: str) -> Entry | None:
    """An entry of JSON, also one that the log driver has cut; None where it is none."""
    text = text.removeprefix("@cee: ")
    if not text.startswith("{") or len(text) > MAX_JSON:
        return None
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return _read_part(text[:16_000])
    return _of_fields(fields) if isinstance(fields, dict) else None


def _read_part(text: str) -> Entry | None:
    """What the beginning of a longer entry shows."""
    status, level = _PART_STATUS.search(text), _PART_LEVEL.search(text)
    if status is None and level is None:
        return None
    word = level[1].lower() if level else ""
    return Entry(
        level=LEVELS.get(word),
        status=int(status[1]) if status else None,
        message="",
        error=None,
        source="",
        trace=(),
        of_request=status is not None,
        raw=text,
    )


def _of_fields(given: Mapping[str, Any]) -> Entry:
    fields = {key.lower(): value for key, value in given.items()}
    error: Raised | None = None
    trace: tuple[str, ...] = ()
    handled = any(fields.get(key) in HANDLED for key in ("name", "event", "event_name", "message"))
    for key in () if handled else ERROR_KEYS:
        error, trace = _exception(_at(fields, key), fields)
        if error:
            break
    else:
        name = _first(fields, CLASSES)
        if isinstance(name, str) and not handled:
            message = _first(fields, ("exception_message", "error.message", "exception.message"))
            error = Raised(name, str(message or ""))
    status, source = _status(fields), _first(fields, SOURCE_KEYS)
    message = _first(fields, MESSAGE_KEYS)
    return Entry(
        level=_level(fields),
        status=status,
        message=message if isinstance(message, str) else "",
        error=error,
        source=source if isinstance(source, str) else "",
        trace=trace,
        of_request=any(_at(fields, key) is not None for key in REQUEST_KEYS),
        raw=given,
        nested=fields["log"] if isinstance(fields.get("log"), str) else "",
    )


def _exception(value: Any, fields: Mapping[str, Any]) -> tuple[Raised | None, tuple[str, ...]]:
    """The exception in a field: an object, a pair of class and message, or a text."""
    if isinstance(value, Mapping):
        name, trace = _first(value, CLASS_KEYS), _first(value, TRACE_KEYS)
        rows = trace.split("\n") if isinstance(trace, str) else trace
        frames = tuple(str(each) for each in rows[:100]) if isinstance(rows, list) else ()
        if isinstance(name, str):
            return Raised(name, str(value.get("message") or "")), frames
        return None, frames
    if isinstance(value, list) and value and isinstance(value[0], str):
        return Raised(value[0], str(value[1]) if len(value) > 1 else ""), ()
    if isinstance(value, str):
        trace = _first(fields, TRACE_KEYS)
        frames = tuple(map(str, trace[:100])) if isinstance(trace, list) else ()
        return error_of(value), frames
    return None, ()


def _level(fields: Mapping[str, Any]) -> Level | None:
    value = _first(fields, LEVEL_KEYS)
    said = fields.get("status")
    if value is None and isinstance(said, str) and not said.isdigit():  # Datadog's name for it
        value = said
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and not value.strip().isdigit():
        return LEVELS.get(value.strip().lower())
    if value is None:  # OpenTelemetry: 17 is error, 21 fatal
        severity = _first(fields, ("severitynumber", "severity_number"))
        value = NUMBERS_OF_ERRORS if isinstance(severity, int) and severity >= 17 else None
    if isinstance(value, (int, float, str)):
        number = float(value)
        if "short_message" in fields:  # Graylog has syslog's numbers: 3 is error, 0 the worst
            return Level.ERROR if number <= 3 else Level.QUIET
        if number < 10:  # Ruby's Logger: 3 is error, 4 fatal
            return Level.ERROR if number in (3, 4) else Level.QUIET
        return Level.ERROR if number >= NUMBERS_OF_ERRORS else Level.QUIET
    return None


def _status(fields: Mapping[str, Any]) -> int | None:
    for key in STATUS_KEYS:
        value = _at(fields, key)
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
            return value
    return None


def _first(fields: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((value for key in keys if (value := _at(fields, key)) not in (None, "")), None)


def _at(fields: Mapping[str, Any], key: str) -> Any:
    """A field by its name, which may have dots in it, or stand for a path."""
    if key in fields:
        return fields[key]
    value: Any = fields
    for part in key.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value
