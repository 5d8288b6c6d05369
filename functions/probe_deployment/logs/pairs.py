"""Log entries of key=value pairs (lograge, logfmt), and lines of access logs."""

import re

from probe_deployment.logs.entry import Entry, error_of
from probe_deployment.logs.rows import LEVELS

_STATUS = re.compile(r"(?:^|[\s\t])status[=:](\d{3})(?=[\s\t]|$)")
_ERROR = re.compile(r"(?:^|[\s\t])(?:error|exception)[=:](?:'|\")")
_LEVEL = re.compile(r"(?:^|\s)(?:level|severity|lvl|at)=\"?(\w{1,12})\"?(?=\s|$)")
_CONTROLLER = re.compile(r"(?:^|[\s\t])controller[=:](\S{1,120})")
_MESSAGE = re.compile(r"(?:^|\s)(?:msg|message)=(?:\"((?:[^\"\\]|\\.){0,2000})\"|(\S{1,2000}))")
_PAIRS = re.compile(r"[\w.@#-]{1,60}(?:[=:](?:\"|'|[^\s:]{0,200}(?:\s|$))|=\S{1,200}\s)")
_ACCESS = re.compile(r"\"[A-Z]{3,10} [^\"]{1,2000} HTTP/[\d.]{1,3}\" (\d{3})(?=[\s]|$)")


def read_pairs(text: str) -> Entry | None:
    """An entry of key=value pairs (lograge, logfmt) or of tabs (lograge's LTSV)."""
    if not _PAIRS.match(text) or not (
        "status" in text or "level" in text or "severity" in text or " at=" in text
    ):
        return None
    # An error's text may hold quotes and pairs of its own, so it is taken out first.
    head, error = text, ""
    if found := _ERROR.search(text):
        end = max(text.rfind(found[0][-1]), found.end())
        head, error = text[: found.start()] + text[end + 1 :], text[found.end() : end]
    status, level, controller = (each.search(head) for each in (_STATUS, _LEVEL, _CONTROLLER))
    if status is None and level is None:
        return None
    message = _MESSAGE.search(head)
    return Entry(
        level=LEVELS.get(level[1].lower()) if level else None,
        status=int(status[1]) if status else None,
        message=(message[1] or message[2]).replace('\\"', '"') if message else "",
        error=error_of(error),
        source=controller[1] if controller else "",
        trace=(),
        of_request=status is not None,
        raw=text,
    )


def read_access(text: str) -> Entry | None:
    """A line of an access log in the common format (Rack, nginx)."""
    if not (found := _ACCESS.search(text)):
        return None
    return Entry(None, int(found[1]), "", None, "", (), of_request=True, raw=text)
