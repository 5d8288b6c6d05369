"""Connecting by libpq's own steps, so that a refusal keeps the server's SQLSTATE.

libpq gives the words of a failed attempt and drops the code; the words are in the server's
language (lc_messages), or a pooler's. Its trace of the messages has the code, and the name of the
routine that refused, which no server translates.
"""

import os
import re
import select
import time
from dataclasses import dataclass

from psycopg import pq
from psycopg.conninfo import make_conninfo

# PostgreSQL's documentation, "Error and Notice Message Fields"; as libpq's fe-trace.c prints them.
_CODE = re.compile(r'\tErrorResponse\t.*? C "([0-9A-Z]{5})"')
_ROUTINE = re.compile(r'\tErrorResponse\t.* R "(\w+)"')


@dataclass(frozen=True)
class Refusal(Exception):
    """A connection that did not come about."""

    words: str
    """libpq's, for people; the server's part of them in its own language."""
    sqlstate: str = ""
    """Empty where no server answered."""
    routine: str = ""
    timed_out: bool = False


def open_connection(timeout_seconds: float, **parameters: str | int) -> pq.abc.PGconn:
    """An open connection in non-blocking mode. Raises Refusal."""
    conninfo = make_conninfo("", **parameters)
    pgconn = pq.PGconn.connect_start(conninfo.encode())
    # In memory, read back here and then gone: it holds what was exchanged to log in.
    trace = os.memfd_create("libpq-trace")
    try:
        pgconn.trace(os.dup(trace))
        timed_out = not _finish(pgconn, time.monotonic() + timeout_seconds)
        pgconn.untrace()
        if pgconn.status == pq.ConnStatus.OK and not timed_out:
            return pgconn
        words = " ".join(pgconn.get_error_message().split())
        pgconn.finish()
        os.lseek(trace, 0, os.SEEK_SET)
        with open(trace, errors="replace", closefd=False) as file:
            sent = file.read()
    finally:
        os.close(trace)
    code, routine = _CODE.search(sent), _ROUTINE.search(sent)
    raise Refusal(words, code[1] if code else "", routine[1] if routine else "", timed_out)


def _finish(pgconn: pq.abc.PGconn, deadline: float) -> bool:
    """Whether the attempt has ended, well or not, before the deadline."""
    while True:
        match pgconn.connect_poll():
            case pq.PollingStatus.READING:
                ready = _wait(pgconn.socket, select.POLLIN, deadline)
            case pq.PollingStatus.WRITING:
                ready = _wait(pgconn.socket, select.POLLOUT, deadline)
            case _:
                return True
        if not ready:
            return False


def _wait(socket: int, events: int, deadline: float) -> bool:
    poll = select.poll()
    poll.register(socket, events)
    return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
