"""Ten tasks, each in two clicks from the README: the table of contents, and then the place."""

import re

import pytest

from paths import ROOT
from tests.markdown import anchors

CONTENTS = ROOT / "docs" / "README.md"
ROW = re.compile(
    r"^\| (?P<task>[A-Z][^|]+) \| (?P<command>[^|]+) \| \[[^]]+\]\((?P<link>\S+)\) \|$"
)
ROWS = [found for line in CONTENTS.read_text().splitlines() if (found := ROW.match(line))]
TASKS = (
    "rotate",
    "maximum",
    "silence",
    "check",
    "scaled",
    "failed probe",
    "roll back",
    "second environment",
    "costs",
    "remove",
)


def test_the_first_click_is_in_the_readme() -> None:
    assert "](docs/README.md)" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("task", TASKS)
def test_the_second_click_is_the_place(task: str) -> None:
    (row,) = [row for row in ROWS if task in row["task"].lower()]
    page, _, anchor = row["link"].partition("#")
    assert not anchor or anchor in anchors(ROOT / "docs" / page)
    place = (ROOT / "docs" / page).read_text()
    for command in re.findall(r"`(make [a-z]+|aws [a-z]+ [a-z-]+|sam [a-z]+)", row["command"]):
        assert command in place, f"{page} has no {command}"


def test_there_are_ten() -> None:
    assert len(ROWS) == len(TASKS)


def test_every_page_is_in_the_table_of_contents() -> None:
    linked = set(re.findall(r"\]\(([\w-]+\.md)", CONTENTS.read_text()))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} == linked
