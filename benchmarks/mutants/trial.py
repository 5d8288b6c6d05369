"""Whether a unit test notices a mutant: pytest in a fork that imports the changed text."""

import gc
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any

import pytest
from hypothesis import Phase, settings

from benchmarks.mutants.order import Order, Ran, Record, limit_cpu
from benchmarks.mutants.sample import Mutant
from local.transform import transformed
from paths import ROOT

WORKERS = 2
# What every run imports, so that a fork has it; of functions/ nothing, or no fork would change it.
WARM = (
    *("_pytest.config", "aws_lambda_powertools", "boto3", "hypothesis", "psycopg"),
    *("slack_sdk.models.blocks", "local.moto_aws", "local.postgres"),
)
# Asserts stay plain: pytest rewrites no module that is imported before it starts.
OPTIONS = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:randomly")
NOTICED = (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED, -signal.SIGXCPU)


class NoVerdict(Exception):
    """Tests fail without a change, or pytest could not run them; the message says which."""


def survivors(sample: Sequence[Mutant]) -> Iterator[Mutant]:
    """Those that every unit test of their function lets pass. Raises NoVerdict."""
    _warm_up()
    texts = _texts()
    ran = _recorded(sample)
    trials = ((mutant, partial(_try, mutant, ran[_function(mutant)])) for mutant in sample)
    for mutant, code in _forked(trials):
        if code == pytest.ExitCode.OK:
            yield mutant
        elif code not in NOTICED:
            raise NoVerdict(f"pytest ended with {code} on {mutant}")
    if _texts() != texts:
        raise NoVerdict("a file was changed meanwhile")


def _warm_up() -> None:
    for name in WARM:
        import_module(name)
    transformed()
    # The same examples for every mutant; a failure is enough, whatever the smallest example is.
    settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
    )
    settings.load_profile("mutants")
    gc.freeze()


def _recorded(sample: Sequence[Mutant]) -> dict[str, dict[str, Ran]]:
    """What each function's tests run of the code as it is, on which they must pass."""
    files = sorted({mutant.file for mutant in sample})
    functions = sorted({_function(mutant) for mutant in sample})
    with TemporaryDirectory() as folder:
        places = {function: Path(folder, function) for function in functions}
        runs = ((name, partial(_record, name, files, place)) for name, place in places.items())
        for function, code in _forked(runs):
            if code != pytest.ExitCode.OK:
                raise NoVerdict(f"tests/unit/{function} ended with {code} on the code as it is")
        return {
            name: pickle.loads(place.read_bytes())  # noqa: S301  # our own children wrote it
            for name, place in places.items()
        }


def _record(function: str, files: Sequence[Path], into: Path) -> int:
    record = Record(files)
    code = _tests(function, record)
    into.write_bytes(pickle.dumps(record.tests))
    return code


def _try(mutant: Mutant, ran: Mapping[str, Ran]) -> int:
    change(mutant.file, mutant.source())
    limit_cpu(0)
    return _tests(_function(mutant), Order(ran, mutant.file, mutant.line))


def _tests(function: str, plugin: object) -> int:
    os.chdir(ROOT)
    return pytest.main([*OPTIONS, f"tests/unit/{function}"], [plugin])


def _function(mutant: Mutant) -> str:
    return mutant.file.relative_to(ROOT / "functions").parts[0]


def _texts() -> str:
    files = (
        file for name in ("functions", "layers", "tests") for file in (ROOT / name).rglob("*.py")
    )
    return sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


def _forked[T](jobs: Iterable[tuple[T, Callable[[], int]]]) -> Iterator[tuple[T, int]]:
    """Run each in a silent process of its own, some at a time; which one ended, and its code."""
    running: dict[int, T] = {}
    for name, job in jobs:
        if len(running) == WORKERS:
            yield _next(running)
        running[_begin(job)] = name
    while running:
        yield _next(running)


def _next[T](running: dict[int, T]) -> tuple[T, int]:
    process, status = os.wait()
    return running.pop(process), os.waitstatus_to_exitcode(status)


def _begin(job: Callable[[], int]) -> int:
    """The id of a process that does the job; its exit code is the job's."""
    process = os.fork()
    if process:
        return process
    code: int = pytest.ExitCode.INTERNAL_ERROR
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        code = job()
    finally:
        # Whatever happened: the child must never go on in the caller's loop.
        os._exit(code)


def change(file: Path, source: str) -> None:
    """Let whatever imports the file in this process get this text instead."""
    unchanged = SourceFileLoader.get_code

    def get_code(loader: Any, name: str) -> CodeType | None:
        if Path(loader.path) == file:
            return compile(source, file, "exec", dont_inherit=True)
        return unchanged(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]  # imports read the mutant
