"""Which tests a mutant is given, by what each of them ran of the code as it is."""

import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.mutants.order import BEFORE, Order, Ran, Record, limit_cpu, statement

SOURCE = """\
MOST = 4

def enough(tasks, most=MOST):
    if (
        tasks is None
        or tasks < most
    ):
        return False
    return True
"""
CONDITION, OTHERWISE = 6, 9


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "enough.py"
    path.write_text(SOURCE)
    return path


@pytest.fixture
def hard_limit() -> Iterator[int]:
    before = resource.getrlimit(resource.RLIMIT_CPU)
    yield before[1]
    resource.setrlimit(resource.RLIMIT_CPU, before)


def item(name: str) -> Any:
    return SimpleNamespace(nodeid=name)


def ran(file: Path, seconds: float, *lines: int) -> Ran:
    return Ran(seconds, frozenset((str(file), line) for line in lines))


def given(tests: dict[str, Ran], file: Path, line: int) -> list[str]:
    items = [item(name) for name in ("new", *tests) if name != BEFORE]
    Order(tests, file, line).pytest_collection_modifyitems(items)
    return [one.nodeid for one in items]


def test_a_test_is_recorded_with_the_lines_that_it_runs(file: Path) -> None:
    record, scope = Record([file]), dict[str, Any]()
    exec(compile(SOURCE, file, "exec"), scope)  # as an import does
    try:
        for name, tasks in (("none", None), ("many", 9), ("many again", 9)):
            around = record.pytest_runtest_protocol(item(name))
            next(around)
            scope["enough"](tasks)
            with suppress(StopIteration):
                around.send(None)
    finally:
        record.pytest_unconfigure()
    lines = {name: {line for _, line in one.lines} for name, one in record.tests.items()}
    assert lines[BEFORE] == {1, 3}
    assert lines["many"] == lines["many again"]
    assert OTHERWISE in lines["many"]
    assert OTHERWISE not in lines["none"]


def test_those_that_run_the_statement_are_given_the_quickest_first(file: Path) -> None:
    tests = {
        BEFORE: ran(file, 0, 1, 3),
        # Its first condition decides that the second one does not run.
        "slow": ran(file, 2, 5, 8),
        "quick": ran(file, 1, 5, 6, 9),
        "other": ran(file, 0, 1),
    }
    assert given(tests, file, CONDITION) == ["quick", "slow"]


@pytest.mark.parametrize("line", [1, 3])
def test_what_an_import_decides_is_given_to_all_those_of_its_file_first(
    file: Path, line: int
) -> None:
    tests = {
        BEFORE: ran(file, 0, 1, 3),
        "elsewhere": Ran(0.1, frozenset({("other.py", 1)})),
        "slow": ran(file, 2, 5),
        "quick": ran(file, 1, 5),
    }
    assert given(tests, file, line) == ["quick", "slow", "new", "elsewhere"]


def test_a_line_that_nothing_was_seen_to_run_is_given_to_all(file: Path) -> None:
    tests = {BEFORE: ran(file, 0, 1), "one": ran(file, 1, 5), "two": Ran()}
    assert set(given(tests, file, OTHERWISE)) == {"one", "two", "new"}


def test_a_statement_ends_where_its_body_begins() -> None:
    assert statement(SOURCE, CONDITION) == {4, 5, 6, 7}
    assert statement(SOURCE, OTHERWISE) == {OTHERWISE}
    assert statement(SOURCE, 1) == {1}
    assert statement("if x: y = 1\n", 1) == {1}


def test_a_process_ends_soon_after_its_time(hard_limit: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit_cpu(1_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    assert used.ru_utime + 1_000 < soft < used.ru_utime + used.ru_stime + 1_060
    assert hard == hard_limit
