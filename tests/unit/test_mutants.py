"""What `make mutants` changes, and what it writes."""

import ast
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.mutants.__main__ import BEGIN, END, Survivor, write
from benchmarks.mutants.sample import Mutant, draw, mutants
from benchmarks.mutants.trial import change
from cli.reference.rooms import pure_files
from paths import ROOT

SOURCE = """\
def enough(tasks: int | None, most: int = 4) -> bool:
    return tasks is not None and tasks < most
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "enough.py"
    path.write_text(SOURCE)
    return path


def test_every_mutant_is_another_program(file: Path) -> None:
    sources = [mutant.source() for mutant in mutants(file)]
    assert any("or tasks < most" in source for source in sources)
    assert any("most: int = 5" in source for source in sources)
    for source in sources:
        assert ast.dump(ast.parse(source)) != ast.dump(ast.parse(SOURCE))


def test_annotations_are_left_alone(file: Path) -> None:
    assert all("tasks: int | None," in mutant.source() for mutant in mutants(file))


def test_whether_values_are_frozen_is_for_mypy(tmp_path: Path) -> None:
    path = tmp_path / "frozen.py"
    path.write_text("@dataclass(frozen=True)\nclass Count:\n    known: bool = True\n")
    assert [mutant.line for mutant in mutants(path)] == [3]


def test_the_same_seed_draws_the_same_sample(file: Path) -> None:
    assert draw([file], 2, seed=1) == draw([file], 2, seed=1)
    # one a line at most
    assert len({mutant.line for mutant in draw([file], 9, seed=1)}) == 2


def test_what_is_no_program_shows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "named.py"
    path.write_text("if found := [1]:\n    print(found)\n")
    assert any("not found :=" in mutant.source() for mutant in mutants(path))
    for seed in range(9):
        for mutant in draw([path], 9, seed):
            compile(mutant.source(), path, "exec")


def imported(file: Path) -> ModuleType:
    spec = spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_who_imports_a_mutant_gets_the_changed_text_and_the_file_stays(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SourceFileLoader, "get_code", SourceFileLoader.get_code)
    other = file.with_name("other.py")
    other.write_text(SOURCE)
    change(file, SOURCE.replace("most: int = 4", "most: int = 5"))
    assert imported(file).enough(4)
    assert not imported(other).enough(4)
    assert file.read_text() == SOURCE


def test_the_pure_rooms_have_modules() -> None:
    assert ROOT / "functions/rotate_password/reading/json_key.py" in pure_files()


def test_survivors_are_listed_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    mutant = Mutant(ROOT / "functions/rotate_password/reading/request.py", "core/AddNot", 0, 7)
    write(page, "59 of 60 noticed (seed 1)", [Survivor(mutant, "if a | b:", "if not a | b:")])
    text = page.read_text()
    assert "old" not in text
    assert (
        "| functions/rotate_password/reading/request.py:7 | `if a \\| b:` | `if not a \\| b:` |"
        in text
    )
    assert text.endswith(f"{END}\nafter\n")
