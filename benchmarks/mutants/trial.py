"""Whether a unit test notices a mutant: pytest in a fork that imports the changed text."""

import os
import resource
import signal
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from benchmarks.mutants.sample import Mutant
from paths import ROOT

WORKERS = 2
# A changed loop may have no end. The slowest function's tests take 25.
CPU_SECONDS = 120
# What every run imports, so that a fork has it; of functions/ nothing, or no fork would change it.
WARM = ("_pytest.config", "boto3", "hypothesis", "psycopg", "local.moto_aws", "local.postgres")
NOTICED = (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED, -signal.SIGXCPU)


class NoVerdict(Exception):
    """Tests fail without a change, or pytest could not run them; the message says which."""


def survivors(sample: Sequence[Mutant]) -> Iterator[Mutant]:
    """Those that every unit test of their function lets pass. Raises NoVerdict."""
    for name in WARM:
        import_module(name)
    trials: list[tuple[str, Mutant | None]] = [(_function(mutant), mutant) for mutant in sample]
    # The code as it is comes last: where somebody edits a file meanwhile, every mutant is noticed.
    trials += [(function, None) for function in sorted({name for name, _ in trials})]
    running: dict[int, tuple[str, Mutant | None]] = {}
    for trial in trials:
        if len(running) == WORKERS:
            yield from _next(running)
        running[_begin(*trial)] = trial
    while running:
        yield from _next(running)


def _function(mutant: Mutant) -> str:
    return mutant.file.relative_to(ROOT / "functions").parts[0]


def _next(running: dict[int, tuple[str, Mutant | None]]) -> Iterator[Mutant]:
    process, status = os.wait()
    (function, mutant), code = running.pop(process), os.waitstatus_to_exitcode(status)
    passed = code == pytest.ExitCode.OK
    if not (passed or (mutant and code in NOTICED)):
        raise NoVerdict(
            f"tests/unit/{function} ended with {code} on {mutant or 'the code as it is'}"
        )
    if passed and mutant:
        yield mutant


def _begin(function: str, mutant: Mutant | None) -> int:
    """The id of a process that runs the tests; its exit code is pytest's."""
    process = os.fork()
    if process:
        return process
    code: int = pytest.ExitCode.INTERNAL_ERROR
    try:
        code = _tests(function, mutant)
    finally:
        # Whatever happened: the child must never go on in the caller's loop.
        os._exit(code)


def _tests(function: str, mutant: Mutant | None) -> int:
    if mutant:
        change(mutant.file, mutant.source())
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    # Each example anew, or the database of examples would carry one mutant's to the next.
    os.environ["CI"] = "true"
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.chdir(ROOT)
    # Asserts stay plain: pytest rewrites no module that is imported before it starts.
    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return pytest.main([*options, *_quick_first(function)])


def _quick_first(function: str) -> list[str]:
    """The test files, those with drawn examples last: most mutants end in the first seconds."""
    files = sorted((ROOT / "tests" / "unit" / function).rglob("test_*.py"))
    return [str(file) for file in sorted(files, key=lambda one: "hypothesis" in one.read_text())]


def change(file: Path, source: str) -> None:
    """Let whatever imports the file in this process get this text instead."""
    unchanged = SourceFileLoader.get_code

    def get_code(loader: Any, name: str) -> CodeType | None:
        if Path(loader.path) == file:
            return compile(source, file, "exec", dont_inherit=True)
        return unchanged(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]  # imports read the mutant
