"""What tests of documents share."""

import re
from pathlib import Path


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


def output_after(page: Path, command: str) -> list[str]:
    """The lines that a document shows as what a command prints, with single spaces."""
    block = re.search(
        rf"^```sh[^\n]*\n(?:[^`]*\n)?{re.escape(command)}.*?^```\n.*?^```\n(.*?)^```",
        page.read_text(),
        re.MULTILINE | re.DOTALL,
    )
    if block is None:
        raise LookupError(f"{page.name} shows nothing after {command}")
    return [" ".join(line.split()) for line in block[1].splitlines() if line.strip()]


def as_shown(printed: str) -> list[str]:
    """What was printed, as `output_after` gives it; a table's rules apart."""
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    return [line for line in lines if line.strip("─ ")]
