"""What each test runs of the pure code, and how long it takes: which tests a mutant is given."""

import ast
import math
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

type Line = tuple[str, int]

MONITORING = sys.monitoring
TOOL = MONITORING.PROFILER_ID
BEFORE = ""
"""Stands for all that runs before the first test: imports, and what they call."""
# Of CPU, as many times as on the code as it is, and more: a changed loop may have no end.
TIMES, MORE_SECONDS = 5, 10


@dataclass(frozen=True)
class Ran:
    """What a test ran, and its seconds of CPU."""

    seconds: float = 0.0
    lines: frozenset[Line] = frozenset()


class Record:
    """A plugin of pytest that notes what each test runs of some files."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.tests: dict[str, Ran] = {}
        self._files = frozenset(map(str, files))
        self._lines: set[Line] = set()
        MONITORING.use_tool_id(TOOL, "mutants")
        MONITORING.register_callback(TOOL, MONITORING.events.LINE, self._line)
        MONITORING.set_events(TOOL, MONITORING.events.LINE)

    def _line(self, code: CodeType, line: int) -> Any:
        if code.co_filename in self._files:
            self._lines.add((code.co_filename, line))
        # Once is enough, until the next test.
        return MONITORING.DISABLE

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """A test with its fixtures."""
        self.tests.setdefault(BEFORE, Ran(0.0, frozenset(self._lines)))
        self._lines = set()
        MONITORING.restart_events()
        begin = time.process_time()
        result = yield
        self.tests[item.nodeid] = Ran(time.process_time() - begin, frozenset(self._lines))
        return result

    def pytest_unconfigure(self) -> None:
        """The tool's place is another's again."""
        MONITORING.set_events(TOOL, MONITORING.events.NO_EVENTS)
        MONITORING.free_tool_id(TOOL)


class Order:
    """A plugin of pytest that runs the tests of a changed line alone, the quickest of them first.

    Where the line runs before the first test, or by itself in none, any test may be one of them.
    """

    def __init__(self, tests: Mapping[str, Ran], file: Path, line: int) -> None:
        self._tests, self._file = tests, str(file)
        self._changed = {(str(file), one) for one in statement(file.read_text(), line)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """By what they run, then by the time that they take."""
        items.sort(key=self._rank)
        chosen = [item for item in items if self._runs_it(self._ran(item))]
        if chosen and not self._runs_it(self._tests[BEFORE]):
            items[:] = chosen

    def _rank(self, item: pytest.Item) -> tuple[bool, bool, float]:
        ran = self._ran(item)
        runs_file = any(file == self._file for file, _ in ran.lines)
        return not self._runs_it(ran), not runs_file, ran.seconds

    def _runs_it(self, ran: Ran) -> bool:
        return not self._changed.isdisjoint(ran.lines)

    def _ran(self, item: pytest.Item) -> Ran:
        # The name of a case may be made of what the mutant changes.
        return self._tests.get(item.nodeid, Ran())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """No test takes many times as long as on the code as it is."""
        limit_cpu(TIMES * self._ran(item).seconds)
        return (yield)


def statement(source: str, line: int) -> frozenset[int]:
    """The lines of the statement that a line belongs to; of one with a body, those before it.

    What is changed in one line of a condition may decide whether the next one runs.
    """
    found = {line}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            body = getattr(node, "body", [])
            end = max(body[0].lineno, node.lineno + 1) if body else (node.end_lineno or 0) + 1
            if line < end:
                found |= set(range(node.lineno, end))
    return frozenset(found)


def limit_cpu(seconds: float) -> None:
    """End this process once it has used so much more, and a little."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime + seconds + MORE_SECONDS)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))
