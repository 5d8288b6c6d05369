"""The texts that the documents show: each is compared with a real run, or read, by a test.

A fence says which text it is, and what of it differs from run to run:

    ```text output=incidents mask=ids,times

`output` is what a command prints (`assert_shown`), `input` what a person writes (`text_of`).
A line that is … alone stands for any lines; blanks and the rules of tables don't count.
"""

import re
from functools import cache

from tests.markdown import Block, fences

MASKS = {
    "ids": r"\b[0-9a-f]{8}(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\b",
    "times": r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:\d\d|Z)?",
    "figures": r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\d.])",
}
MARK = re.compile(r"(output|input)=([a-z-]+)")
ANY_LINES = "…"


@cache
def texts() -> dict[str, Block]:
    """The documents' named texts by name. Raises ValueError where one has no name, or another's."""
    found: dict[str, Block] = {}
    for block in fences():
        mark = MARK.fullmatch(block.marks[0]) if block.marks else None
        if mark is None and block.language not in ("text", ""):
            continue
        if mark is None or mark[2] in found:
            raise ValueError(f"{block} needs output=NAME or input=NAME, a name of its own")
        found[mark[2]] = block
    return found


def text_of(name: str) -> str:
    """The text that a document says to write, as it stands there."""
    return texts()[name].text


def assert_shown(name: str, printed: str) -> None:
    """Assert that a run has printed what the documents show under this name."""
    block = texts()[name]
    masked = [word for mark in block.marks for word in mark.removeprefix("mask=").split(",")]
    patterns = [MASKS[word] for word in masked[1:]]
    shown, found = (_lines(text, patterns) for text in (block.text, printed))
    expected = "".join(
        r"(?:.*\n)*?" if line == ANY_LINES else re.escape(line) + r"\n" for line in shown
    )
    if not re.fullmatch(expected, "".join(f"{line}\n" for line in found)):
        assert found == shown, f"{block.path.name} shows another {name}"


def _lines(text: str, masks: list[str]) -> list[str]:
    for mask in masks:
        text = re.sub(mask, "#", text)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in lines if line.strip("─━┃│┏┳┓└┴┘┡╇┩ ")]
