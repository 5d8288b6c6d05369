"""How long a handler takes until its first answer, and until a later one."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.rie import RuntimeEmulator

# Lambda's file systems can't be written to, so nothing compiled is ever kept there.
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1"}
WARM_RUNS = 20


@dataclass(frozen=True)
class Start:
    """One start of a process, or the least of several in each figure."""

    first_ms: float
    """From the first event to its answer: Python, the runtime's client, the imports."""
    cpu_ms: float
    """What of it was work of the processor; this is what a busy machine doesn't change."""
    warm_ms: float
    """The median of the answers after it."""


@dataclass(frozen=True)
class Subject:
    """A handler, and the folders that it is imported from."""

    handler: str
    paths: list[Path]


def start_all(
    subjects: Mapping[str, Subject], rounds: int, folder: Path, done: Callable[[int], None]
) -> dict[str, list[Start]]:
    """Start each subject in turn, `rounds` times; the starts by name."""
    starts: dict[str, list[Start]] = {name: [] for name in subjects}
    for number in range(rounds):
        for name, subject in subjects.items():
            starts[name].append(_start(subject, folder / f"{name}.log"))
        done(number)
    return starts


def least(starts: Sequence[Start]) -> Start:
    """Of each figure: what else the machine does can only add to it."""
    return Start(
        min(start.first_ms for start in starts),
        min(start.cpu_ms for start in starts),
        min(start.warm_ms for start in starts),
    )


def ratio(starts: Sequence[Start], others: Sequence[Start]) -> float:
    """Of the work: the median of pairs that ran one after the other, on an equally busy machine."""
    pairs = zip(starts, others, strict=True)
    return statistics.median(one.cpu_ms / other.cpu_ms for one, other in pairs)


def _start(subject: Subject, log_file: Path) -> Start:
    with RuntimeEmulator.run(subject.handler, subject.paths, ENVIRONMENT, log_file) as emulator:
        # Nothing is configured, so a function says that, which is all but no work.
        first = _timed(emulator)
        (runtime,) = psutil.Process(emulator.process_id).children()
        cpu = _cpu_ms(runtime.pid)
        warm = statistics.median(_timed(emulator) for _ in range(WARM_RUNS))
    return Start(first, cpu, warm)


def _timed(emulator: RuntimeEmulator) -> float:
    begin = time.perf_counter()
    emulator.invoke({})
    return (time.perf_counter() - begin) * 1000


def _cpu_ms(process_id: int) -> float:
    """Time on a processor, of all threads (proc(5), schedstat: its first figure, in ns)."""
    tasks = Path(f"/proc/{process_id}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6
