"""The table on top of the runbook: titles of messages, their section, and whether it can wait."""

import re
from dataclasses import dataclass
from pathlib import Path

from paths import ROOT

RUNBOOK = ROOT / "docs" / "runbook.md"
ROW = re.compile(
    r"^\| (?P<titles>.+) \| \[[^]]+\]\(#(?P<anchor>[\w-]+)\) \| (?P<wait>.+) \|$", re.MULTILINE
)


@dataclass(frozen=True)
class Row:
    """Of one section; a title's changing parts are given as …"""

    titles: tuple[str, ...]
    anchor: str
    wait: str

    def is_of(self, title: str) -> bool:
        """Whether a message of this title is one of the row's."""
        return any(
            re.fullmatch(re.escape(one).replace("…", ".+"), title, re.DOTALL) for one in self.titles
        )


def rows(page: Path = RUNBOOK) -> list[Row]:
    """Every row, in its order."""
    return [
        Row(tuple(re.findall(r"[*`]([^*`]+)[*`]", found["titles"])), found["anchor"], found["wait"])
        for found in ROW.finditer(page.read_text())
    ]


def sections_of(title: str) -> set[str]:
    """The anchors that the table gives for a message of this title."""
    return {row.anchor for row in rows() if row.is_of(title)}
