"""What tests of documents share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paths import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("terraform/*.md")])
FENCED = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    path: Path
    language: str
    marks: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}: {self.text.strip().splitlines()[0][:60]}"


def fences() -> Iterator[Block]:
    """Every fenced block of the documents, without the margin of the list that it is in."""
    for path in DOCUMENTS:
        for margin, head, text in FENCED.findall(path.read_text()):
            language, *marks = head.split() or [""]
            lines = text.splitlines(keepends=True)
            yield Block(
                path, language, tuple(marks), "".join(line[len(margin) :] for line in lines)
            )


def blocks(*languages: str) -> list[Block]:
    """Those in one of these languages."""
    return [block for block in fences() if block.language in languages]


def anchors(path: Path) -> set[str]:
    """Those that GitHub makes of a document's headings."""
    text = re.sub(r"^ *```.*?^ *```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    found: set[str] = set()
    for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).strip().lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = sum(re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", one) is not None for one in found)
        found.add(f"{anchor}-{number}" if number else anchor)
    return found


def said(page: Path, anchor: str, part: str) -> str:
    """What `part` of a section of the runbook says, as `plain` gives it. Raises LookupError."""
    text = page.read_text()
    for section in re.split(r"^(?=#{2,3} )", text, flags=re.MULTILINE):
        title = section.partition("\n")[0].lstrip("# ").lower()
        found = re.search(
            rf"^\*\*{part}\*\* · (.*?)(?=^\*\*|\Z)", section, re.MULTILINE | re.DOTALL
        )
        if re.sub(r"[^\w\- ]", "", title).replace(" ", "-") == anchor and found:
            return plain(found[1])
    raise LookupError(f"{page.name}#{anchor} has no {part}")


def plain(text: str) -> str:
    """Words alone: without marks, case and line breaks."""
    return " ".join(re.sub(r"[*`]", "", text).lower().split())
