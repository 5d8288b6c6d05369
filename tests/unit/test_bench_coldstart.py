"""What a cold start is compared with."""

from pathlib import Path

from benchmarks.coldstart.bare import HANDLER, bare_handler
from benchmarks.coldstart.measure import Start, least, ratio


def written(folder: Path, modules: dict[str, str]) -> list[Path]:
    for name, source in modules.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(source)
    return [folder]


def test_it_imports_the_libraries_of_every_module_that_is_reached(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "part/__init__.py": "",
            "part/app.py": "import boto3\nfrom part import model\nfrom part.inner import find\n",
            "part/model.py": "from dataclasses import dataclass\n",
            "part/inner.py": "from .other import thing\n",
            "part/other.py": "import psycopg\n",
            "part/unused.py": "import locust\n",
        },
    )
    lines = bare_handler("part.app", path).removesuffix(HANDLER).split("\n")
    expected = {"import boto3", "from dataclasses import dataclass", "import psycopg"}
    assert {line for line in lines if line} == expected


def test_what_loading_does_not_import_is_not_counted(tmp_path: Path) -> None:
    source = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import mypy_boto3_ecs\n"
        "def later():\n    import slack_sdk\n"
    )
    assert bare_handler("app", written(tmp_path, {"app.py": source})) == (
        f"from typing import TYPE_CHECKING\n\n{HANDLER}"
    )


def test_a_figure_is_the_least_and_a_ratio_is_of_neighbours() -> None:
    # GIVEN a machine that gets twice as busy, and then ten times
    ours = [Start(10, 11, 1), Start(20, 22, 2), Start(100, 110, 10)]
    bare = [Start(10, 10, 1), Start(20, 20, 2), Start(100, 100, 10)]
    assert least(ours) == Start(10, 11, 1)
    assert ratio(ours, bare) == 1.1
