"""Runs checks side by side under one deadline."""

import threading
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue

from probe_deployment.cause import Cause
from probe_deployment.explain import explain
from probe_deployment.finding import Finding, Result


def run_checks(
    checks: Mapping[str, Callable[[], Finding]], deadline_seconds: float
) -> tuple[Result, ...]:
    """The results in the order of `checks`, at the latest when the deadline has passed.

    A check that raises is explained (see explain.py). One that is still running at the deadline
    is unknown: it is left to itself on its daemon thread, which holds neither the others nor the
    end of the process.
    """
    started = time.monotonic()
    done: SimpleQueue[Result] = SimpleQueue()
    for name, check in checks.items():
        threading.Thread(target=_run, args=(name, check, done), name=name, daemon=True).start()
    results: dict[str, Result] = {}
    while len(results) < len(checks):
        try:
            remaining = started + deadline_seconds - time.monotonic()
            result = done.get(timeout=max(0.0, remaining))
        except Empty:
            break
        results[result.check] = result
    return tuple(results.get(name) or _stuck(name, deadline_seconds) for name in checks)


def _run(name: str, check: Callable[[], Finding], done: SimpleQueue[Result]) -> None:
    started = time.monotonic()
    try:
        finding = check()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is this check's result
        finding = explain(error)
    done.put(Result(name, finding, time.monotonic() - started))


def _stuck(name: str, deadline_seconds: float) -> Result:
    finding = Finding.unknown(
        f"still running after {deadline_seconds:g} s",
        "an answer within the deadline",
        "run the probe again; if it stays so, what this check asks is overloaded or out of reach",
        cause=Cause.DEADLINE,
    )
    return Result(name, finding, deadline_seconds)
