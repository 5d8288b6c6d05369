"""Calls that the first answer needs, made in the init phase.

Lambda gives that phase a whole core, whatever the memory: a connection with TLS that takes a
function of 256 MB a tenth of a second takes some milliseconds there. What is read is kept as it is
kept between events; what isn't kept leaves its connection open. The calls are real ones, for the
way to open a connection without a request is not public, and with TLS 1.3 it would be taken for
dropped: the session tickets that a server sends at once are data that nobody asked for.
"""

import os
from collections.abc import Callable, Iterable
from threading import Event, Thread

from .observability import logger

# Of the init phase's ten seconds.
SECONDS = 2.0

type Call = Callable[[], object]


def make_early(calls: Callable[[], Iterable[Call]], seconds: float = SECONDS) -> None:
    """Make the calls, one after the other, for as long as this.

    What fails or isn't done by then is the handler's to do, and to raise. Without a region, as
    where a test imports a handler, none is made.
    """
    if not os.environ.get("AWS_REGION"):
        return
    too_late = Event()
    thread = Thread(target=_make, args=(calls, too_late), daemon=True)
    thread.start()
    thread.join(seconds)
    too_late.set()
    if thread.is_alive():
        _log(TimeoutError.__name__)


def _make(calls: Callable[[], Iterable[Call]], too_late: Event) -> None:
    try:
        for call in calls():
            if too_late.is_set():
                return
            _try(call, too_late)
    except Exception as error:  # noqa: BLE001  # bad settings, say; the handler names them all
        _log(type(error).__name__)


def _try(call: Call, too_late: Event) -> None:
    try:
        call()
    except Exception as error:  # noqa: BLE001  # the handler makes the same call again
        # Later it would stand among the lines of an event that it is not about.
        if not too_late.is_set():
            _log(type(error).__name__)


def _log(kind: str) -> None:
    # Its kind alone: this is about time, and a message may quote what was read.
    logger.info("an early call failed", kind=kind)
