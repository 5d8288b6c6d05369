"""One thing that went wrong, as a log shows it."""

import re
from dataclasses import dataclass

from probe_deployment.logs.exceptions import NAME, Raised, raised
from probe_deployment.logs.rows import without_level
from probe_deployment.logs.signs import Sign

JOB = re.compile(
    r"(?:Error performing|Stopped retrying|Discarded|Failed enqueuing) ([A-Z][\w:]{0,120})"
)
_SIDEKIQ_JOB = re.compile(
    r"(?:\bclass=|\"class\\?\": ?\\?\"|TID-\S+ (?=\S+ JID-))([A-Z][\w:]{0,120})"
)
_OF_JOB = re.compile(r"(?:ms: |due to an? |\): )([A-Z][\w:]{1,160}(?: \(.*)?)")
_OF_SOLID_QUEUE = re.compile(rf"SolidQueue-.*\berror: \"({NAME}) (.*)\"")


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


def signed(sign: Sign, message: str) -> LogError:
    """The error of a row that has a sign: whose it is, and the exception in it."""
    job = JOB.match(message)
    cause = _OF_JOB.search(message) if job else None
    exception = raised(cause[1]) if cause else raised(without_level(message))
    if of_queue := _OF_SOLID_QUEUE.match(message):
        exception = Raised(of_queue[1], of_queue[2])
    if sign.name == "Sidekiq" and not exception:  # the rest of it is ids and arguments
        job, message = _SIDEKIQ_JOB.search(message), "a job failed"
    return LogError(
        why=sign.name,
        name=exception.name if exception else "",
        message=exception.message if exception else message,
        source=job[1] if job else "",
        status=int(message[10:13]) if message.startswith("Completed ") else None,
    )
