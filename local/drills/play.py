"""Plays drills side by side, in processes with a stage each: nearly all of it is waiting."""

import os
import signal
import time
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from multiprocessing.util import Finalize
from types import FrameType

from local.ctrl_c import INTERRUPTED
from local.drills import (
    aws_trouble,
    confusion,
    database_trouble,
    long_incident,
    slack_trouble,
    throttled,
    zones,
)
from local.drills.drill import DRILLS, Drill, Report
from local.drills.scene import Scene
from local.drills.stage import Stage
from ops_common.observability import logger

MODULES = (
    aws_trouble,
    throttled,
    slack_trouble,
    long_incident,
    database_trouble,
    confusion,
    zones,
)
ORDER = [one for part in MODULES for one in DRILLS.values() if one.run.__module__ == part.__name__]
# More would wait for a processor of a small machine, and the drills measure seconds.
AT_ONCE = 5


@dataclass(frozen=True)
class Played:
    """One drill, what came of it, and how long it took."""

    drill: Drill
    report: Report
    seconds: float


def play_all(drills: Iterable[Drill], at_once: int = AT_ONCE) -> Iterator[Played]:
    """Each drill as soon as it is over. Raises PostgresUnavailable."""
    with pool_of(at_once) as pool:
        try:
            for done in as_completed([pool.submit(_play, one.name) for one in drills]):
                yield done.result()
        finally:
            # Ctrl-C ends the drills that are played; the others are not begun.
            pool.shutdown(cancel_futures=True)


def pool_of(processes: int) -> ProcessPoolExecutor:
    """Processes that Ctrl-C ends without a traceback: this one says so."""
    # A fork of this process would take its threads' locks along; a server's has no threads.
    context = get_context("forkserver")
    context.set_forkserver_preload(["local.block_ctrl_c", __name__])
    return ProcessPoolExecutor(processes, context, initializer=_end_by_ctrl_c)


_STARTED = ExitStack()


@cache
def _stage() -> Stage:
    """This process's, from its first drill until it ends. Raises PostgresUnavailable."""
    Finalize(None, _STARTED.close, exitpriority=0)
    signal.signal(signal.SIGINT, _end_what_has_begun)
    stage = _STARTED.enter_context(Stage.open())
    signal.signal(signal.SIGINT, _end)
    return stage


def _end_by_ctrl_c() -> None:
    signal.signal(signal.SIGINT, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _end_what_has_begun(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(INTERRUPTED)


def _end(_number: int, _frame: FrameType | None) -> None:
    # At once: the pool would take an exception for this drill's end, and go on with the next, and a
    # drill would take long to clear up on a database that the same Ctrl-C has ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _STARTED.close()
    os._exit(INTERRUPTED)


def _play(name: str) -> Played:
    logger.setLevel("CRITICAL")
    try:
        stage = _stage()
    except SystemExit:
        _STARTED.close()
        os._exit(INTERRUPTED)
    one, report = DRILLS[name], Report()
    started = time.monotonic()
    with Scene.open(stage) as scene:
        try:
            one.run(scene, report)
        except Exception:  # noqa: BLE001  # the other drills are played all the same
            report.failed.append(traceback.format_exc())
    return Played(one, report, time.monotonic() - started)
