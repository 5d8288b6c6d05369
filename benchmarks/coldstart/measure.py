"""The first useful answer of a function in CPU time, beside a bare handler's.

Whoever waits for a cold start waits for what the function does. Each scenario runs in a fresh
process, then once more in the warm one; beside it runs a handler that makes the same AWS calls and
nothing else. CPU time, since it is the least that a busy machine changes.
"""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.coldstart.scenarios import Scenario
from local.rie import RuntimeEmulator, search_path

HANDLERS = Path(__file__).parent / "handlers"


@dataclass(frozen=True)
class Answers:
    """CPU time of one process, in ms: until it is ready, of its first and its second answer."""

    init_ms: float
    first_ms: float
    second_ms: float

    @property
    def total_ms(self) -> float:
        """Init and the first answer."""
        return self.init_ms + self.first_ms


@dataclass(frozen=True)
class Pair:
    """The function and the bare handler, one after the other on an equally busy machine."""

    ours: Answers
    bare: Answers
    calls: tuple[int, int, int]
    """How many AWS calls ours took in the init phase, for its first and for its second answer."""


def measure(scenario: Scenario, build_folder: Path, folder: Path) -> Pair:
    """One pair. Raises NoUsefulAnswer."""
    calls, alone = (folder / f"{scenario.function}.{name}" for name in ("calls", "alone"))
    if not calls.exists():
        _run(scenario, build_folder, folder, {"MEASURED_CALLS": str(calls)})
        recording = {"MEASURED_CALLS": str(alone), "MEASURED_ALONE": "1"}
        _run(scenario, build_folder, folder, recording)
    ours = _run(scenario, build_folder, folder, {})
    bare = {"BARE_CALLS": str(alone), "MEASURED_HANDLER": "replayed.handler", **scenario.bare}
    return Pair(ours, _run(scenario, build_folder, folder, bare), _counts(calls))


def _counts(calls: Path) -> tuple[int, int, int]:
    events = [json.loads(line)["event"] for line in calls.read_text().splitlines()]
    return events.count(0), events.count(1), events.count(2)


def median(values: Sequence[float]) -> float:
    """Of the rounds; a ratio is the median of the pairs' ratios, not the quotient of medians."""
    return statistics.median(values)


class NoUsefulAnswer(Exception):
    """The function did not do the scenario's work; the message holds its log."""


def _run(
    scenario: Scenario, build_folder: Path, folder: Path, variables: dict[str, str]
) -> Answers:
    environment = {"MEASURED_HANDLER": scenario.handler, **scenario.environment, **variables}
    paths = [HANDLERS, *search_path(build_folder, scenario.function)]
    log_file = folder / f"{scenario.function}.log"
    with RuntimeEmulator.run("measured.handler", paths, environment, log_file) as emulator:
        first = _useful(emulator, scenario)
        second = _useful(emulator, scenario)
    return Answers(first["init_ms"], first["handler_ms"], second["handler_ms"])


def _useful(emulator: RuntimeEmulator, scenario: Scenario) -> dict[str, Any]:
    answer: dict[str, Any] = emulator.invoke(scenario.event())
    if "errorType" in answer or not scenario.useful(answer["answer"]):
        raise NoUsefulAnswer(f"{answer}\n{emulator.log_text()[-2000:]}")
    return answer
