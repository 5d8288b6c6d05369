"""People are notified of a failed step; it is logged without anything secret, and raised again."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from ops_common.observability import logger
from ops_common.ops_events import PublishEvent
from rotate_password.adapters.clock import Clock
from rotate_password.reading.request import BY_PEOPLE, Request
from rotate_password.words import events, sentences
from rotate_password.words.cause import cause_of


class StepFailed(Exception):
    """A step of a rotation failed; the message holds no secret. Secrets Manager tries again."""

    def __init__(self, request: Request, error: Exception) -> None:
        super().__init__(f"{request.step} of {request.secret_name}: {sentences.failure(error)}")
        self.cause = cause_of(error)


@contextmanager
def reported(request: Request, publish: PublishEvent, clock: Clock) -> Iterator[None]:
    """Turn any exception of the block into an event, a log line and a StepFailed."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # whatever it is, people must be notified
        _report(request, error, publish, clock)


def _report(request: Request, error: Exception, publish: PublishEvent, clock: Clock) -> NoReturn:
    reason = sentences.failure(error)
    # The places alone: the message of an unknown exception may quote a value.
    places = [
        f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    logger.error("step failed", step=request.step, reason=reason, at=places[-5:])
    if request.step in BY_PEOPLE:
        # Who has started it by hand reads the error, and no rotation has failed.
        raise StepFailed(request, error) from None
    try:
        publish(events.failed(request.secret_name, request.step, error, clock.now()))
    except Exception as unpublished:  # noqa: BLE001  # the step's own failure is the one to raise
        logger.error("event not published", reason=sentences.failure(unpublished))
    raise StepFailed(request, error) from None
