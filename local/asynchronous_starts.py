"""Lambda's retries of asynchronous starts that it has no room for.

After the Lambda Developer Guide, "Error handling for asynchronous invocation": a start that is
throttled goes back to Lambda's own queue and is tried again after one second, then after longer and
longer ones, five minutes at most, until it is six hours old or as old as the function's
MaximumEventAgeInSeconds allows. EventBridge Scheduler starts functions so.
"""

LONGEST_AGE_SECONDS = 6 * 3600
LONGEST_WAIT_SECONDS = 300


def runs_at(sent_at: int, room_from: int, longest_age: int = LONGEST_AGE_SECONDS) -> int | None:
    """When a start of `sent_at` runs, if there is room from a second on; None where it is dropped.

    All in seconds.
    """
    at, wait = sent_at, 1
    while at < room_from:
        at += wait
        wait = min(2 * wait, LONGEST_WAIT_SECONDS)
        if at - sent_at > longest_age:
            return None
    return at
