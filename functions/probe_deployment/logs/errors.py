"""The errors that a log stream shows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from probe_deployment.logs.events import Serves, of_event
from probe_deployment.logs.exceptions import HARMLESS, Raised
from probe_deployment.logs.log_error import LogError

ABORTED = "a task was given up"
"""Its cause is in the rows that follow."""
FRAMES_WITHIN = 60  # rows behind an exception in which its backtrace is searched

_NOT_REACHED = re.compile(
    r"(?:Thruster )?answered 502: "
    r"|level error: .*: Connection refused\) while connecting to upstream"
)


def errors(events: Iterable[str]) -> Iterator[LogError]:
    """The errors in the events of one log stream, in their order.

    An exception's backtrace, and what a task was given up for, may stand in the rows behind it,
    be they of the same event or of the next ones.
    """
    pending: LogError | None = None
    age = 0
    for found in _once_it_serves(events):
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


def _once_it_serves(events: Iterable[str]) -> Iterator[LogError | Raised | str]:
    """All that is found, without what a proxy could not reach while the app still started.

    Where it never answers, that counts.
    """
    serves, unreached = False, list[LogError]()
    for event in events:
        for found in of_event(event):
            if isinstance(found, Serves):
                serves, unreached = True, []
            elif (
                not serves
                and isinstance(found, LogError)
                and _NOT_REACHED.match(f"{found.why}: {found.message}")
            ):
                unreached.append(found)
            else:
                yield found
    yield from unreached


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
