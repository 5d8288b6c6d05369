"""The pages that follow from the template are as it is now."""

from pathlib import Path

import pytest

from cli.reference.__main__ import PAGES
from cli.reference.configuration import page
from local.transform import source
from paths import ROOT


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_page_is_current(path: Path) -> None:
    assert path.read_text() == PAGES[path](), "write it anew: make docs"


def test_each_parameter_has_a_row() -> None:
    rows = [line.split(" | ") for line in page().splitlines() if line.startswith("| `")]
    names = [row[0].strip("| `") for row in rows if len(row) == 4]
    assert sorted(names) == sorted(source()["Parameters"])
