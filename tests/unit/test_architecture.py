"""The rules of docs/architecture.md that a program can check."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.reference.rooms import PURE, ROOMS, imported_modules, pure_files
from paths import ROOT

FUNCTIONS = sorted(path.name for path in (ROOT / "functions").iterdir() if path.is_dir())
OUTSIDE = {"cli", "local", "paths", "tests", "benchmarks"}
FUNCTIONS = [name for name in FUNCTIONS if not name.startswith("__")]


def imported_packages(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_no_other_function(function: str) -> None:
    others = set(FUNCTIONS) - {function}
    for path in (ROOT / "functions" / function).rglob("*.py"):
        assert not others & set(imported_packages(path)), path


def test_the_common_layer_imports_no_function() -> None:
    for path in (ROOT / "layers/common").rglob("*.py"):
        assert not set(FUNCTIONS) & set(imported_packages(path)), path


def test_what_runs_in_lambda_imports_nothing_of_the_local_world() -> None:
    for folder in ("functions", "layers"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not {"cli", "local", "paths", "tests", "benchmarks"} & set(
                imported_packages(path)
            ), path


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_is_short_and_leaves_work_to_others(function: str) -> None:
    handler = ROOT / "functions" / function / "app.py"
    assert len(handler.read_text().splitlines()) <= 60
    assert not {"psycopg", "os"} & set(imported_packages(handler))
    assert "boto3." not in handler.read_text()


def test_only_query_database_speaks_to_postgresql() -> None:
    for path in (ROOT / "functions").rglob("*.py"):
        if "psycopg" in imported_packages(path):
            assert path.is_relative_to(ROOT / "functions/query_database"), path


def test_query_database_has_no_aws_client() -> None:
    for path in (ROOT / "functions/query_database").rglob("*.py"):
        assert "boto3" not in imported_packages(path), path
        assert "ops_common.aws" not in path.read_text(), path


def _room(room: str) -> Iterator[Path]:
    return (ROOT / "functions" / room).rglob("*.py")


def test_every_pure_place_has_modules() -> None:
    for name in PURE:
        place = ROOT / "functions" / name
        assert place.is_file() or any(_room(name)), name


@pytest.mark.parametrize(
    "path", pure_files(), ids=lambda path: str(path.relative_to(ROOT / "functions"))
)
def test_a_decision_reads_and_sends_nothing_and_asks_no_clock(path: Path) -> None:
    outside = {"boto3", "botocore", "psycopg", "urllib3", "http", "socket", "os", "time", "random"}
    assert not outside & set(imported_packages(path))
    assert "urllib.request" not in path.read_text()
    assert ".now(" not in path.read_text()
    assert not {"ops_common.aws", "ops_common.observability"} & set(imported_modules(path))


@pytest.mark.parametrize("function", ROOMS)
def test_a_room_is_entered_from_above_only(function: str) -> None:
    rooms = ROOMS[function]
    for place, room in enumerate(rooms):
        open_to_it = tuple(f"{function}.{other}" for other in rooms[: place + 1])
        for path in _room(f"{function}/{room}"):
            for module in imported_modules(path):
                inside = module.startswith(f"{function}.")
                assert not inside or module.startswith(open_to_it), (path, module)


@pytest.mark.parametrize("function", ROOMS)
def test_every_folder_of_a_function_with_rooms_is_one_of_them(function: str) -> None:
    folders = {path.name for path in (ROOT / "functions" / function).iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == set(ROOMS[function])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_settings_are_read_by_a_handler_and_not_at_import(function: str) -> None:
    for path in (ROOT / "functions" / function).rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert "from_env(" not in ast.unparse(node), path
                assert "environ" not in ast.unparse(node), path
