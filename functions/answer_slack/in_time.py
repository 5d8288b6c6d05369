"""An answer within Slack's three seconds, whatever happens behind."""

import threading
from collections.abc import Callable

from answer_slack.refusal import Refusal, Refused

SECONDS = 2.5


def in_time[T](call: Callable[[], T], seconds: float = SECONDS) -> T:
    """What the call returns or raises; Refused if it does neither in time."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001  # raised again below
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise Refused(Refusal.NOT_READY)
    return results[0]
