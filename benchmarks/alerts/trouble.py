"""What goes wrong: Slack fails a third of the calls, and the process is killed now and then."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil

from benchmarks.alerts.load import Load
from local.slack import Failure

FAULT_SHARE = 1 / 3
# What a call meets when it fails, and how often of a hundred.
FAULTS: tuple[tuple[int, dict[str, Any]], ...] = (
    (45, {"status": 429, "error": "ratelimited", "retry_after_seconds": 1}),
    (25, {"status": 500}),
    (25, {"status": 500, "after_the_work": True}),
    (3, {"delay_seconds": 7}),
    (2, {"delay_seconds": 7, "after_the_work": True}),
)


class Faults:
    """Chooses how a call to Slack fails, if it does."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.count = 0

    def __call__(self, method: str) -> Failure | None:  # noqa: ARG002  # any method
        """As SlackStandIn.fail_by wants it."""
        if self._random.random() >= FAULT_SHARE:
            return None
        self.count += 1
        weights = [weight for weight, _ in FAULTS]
        (chosen,) = self._random.choices([fault for _, fault in FAULTS], weights)
        return Failure(**chosen)


@contextmanager
def killer(function: str, load: Load) -> Iterator[list[int]]:
    """Kills the function's process at random times; the list grows with each."""
    killed: list[int] = []
    stop, numbers = threading.Event(), random.Random(load.seed + 2)

    def kill() -> None:
        while len(killed) < load.most_kills:
            if stop.wait(numbers.uniform(*load.kill_every_seconds)):
                return
            for process in _processes_of(function):
                with suppress(psutil.Error):
                    process.kill()
                    killed.append(process.pid)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def _processes_of(function: str) -> list[psutil.Process]:
    """The function's processes below this one: the emulator is our child."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.environ().get("AWS_LAMBDA_FUNCTION_NAME") == function:
                found.append(process)
    return found
