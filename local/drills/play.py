"""Plays drills side by side, each in a process and a world of its own: nearly all is waiting."""

import time
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from local.drills import aws_trouble, confusion, database_trouble, slack_trouble
from local.drills.drill import DRILLS, Drill, Report
from local.drills.scene import Scene, Stage
from ops_common.observability import logger

MODULES = (aws_trouble, slack_trouble, database_trouble, confusion)
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
    # A fork of this process would take its threads' locks along; a server's has no threads.
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(at_once, mp_context=context, max_tasks_per_child=1) as pool:
        for done in as_completed([pool.submit(_play, one.name) for one in drills]):
            yield done.result()


def _play(name: str) -> Played:
    logger.setLevel("CRITICAL")
    one, report = DRILLS[name], Report()
    with Stage.open() as stage:
        started = time.monotonic()
        with Scene.open(stage) as scene:
            try:
                one.run(scene, report)
            except Exception:  # noqa: BLE001  # the other drills are still worth playing
                report.failed.append(traceback.format_exc())
    return Played(one, report, time.monotonic() - started)
