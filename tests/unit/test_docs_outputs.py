"""No document shows a text that nothing checks: each has a test that runs or reads it."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

from paths import ROOT
from tests.markdown import DOCUMENTS, FENCED, fences
from tests.outputs import MARK, MASKS, assert_shown, text_of, texts

# Checked by test_docs.py and by those who run them; mermaid is drawn by GitHub.
LANGUAGES = {"sh", "json", "yaml", "toml", "hcl", "sql", "ruby", "mermaid", "text"}
# Shown though only AWS itself prints it, and why nothing of ours can.
NEEDS_AWS: dict[str, str] = {}

# Commands for use of which no page shows an output, and why.
WITHOUT_OUTPUT = {
    "help": "test_docs.py holds its lines",
    "demo": "the README has its pictures, which test_demo_pictures.py holds",
    "playground": "a page in a browser, which test_playground.py clicks through",
    "incidents": "the first table of make status",
    "unsilence": "as make silence",
    "release": "as make hold",
    "package": "an address in a bucket of AWS",
}


def names_in(file: Path) -> set[str]:
    """The texts that the calls of a test name."""
    return {
        str(node.args[0].value)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("assert_shown", "text_of")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_each_text_has_a_test() -> None:
    checked = set().union(*map(names_in, (ROOT / "tests").rglob("test_*.py")))
    assert checked == set(texts()) - set(NEEDS_AWS)
    assert set(NEEDS_AWS) <= set(texts())


def test_each_block_is_in_a_language_that_is_checked() -> None:
    assert [str(block) for block in fences() if block.language not in LANGUAGES] == []


def test_each_command_for_use_is_shown_with_what_it_prints() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):[^#\n]*[^#]## ", makefile, re.MULTILINE))
    assert len(targets) > 20
    shown = set()
    for commands, output in pairwise(fences()):
        if output.path == commands.path and any(MARK.fullmatch(one) for one in output.marks):
            shown |= set(re.findall(r"^make ([a-z-]+)", commands.text, re.MULTILINE))
    assert targets - shown == set(WITHOUT_OUTPUT)


def test_contributing_shows_such_a_fence() -> None:
    language, mark, mask = text_of("fence").split()
    assert language == "text"
    assert MARK.fullmatch(mark)
    assert set(mask.removeprefix("mask=").split(",")) <= set(MASKS)


def test_each_mask_is_a_declared_one() -> None:
    used = {
        word
        for block in texts().values()
        for mark in block.marks[1:]
        for word in mark.removeprefix("mask=").split(",")
    }
    assert used <= set(MASKS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_is_shown_by_its_margin_alone(path: Path) -> None:
    """Four blanks after an empty line are code as well, which no fence would name."""
    text = FENCED.sub("", path.read_text())
    outside = [
        line
        for before, line in zip(text.splitlines(), text.splitlines()[1:], strict=False)
        if not before.strip() and re.match(r" {4,}\S", line)
    ]
    assert outside == []


def test_another_output_is_seen() -> None:
    text = texts()["secret"].text
    later = re.sub(MASKS["times"], "2031-01-01 00:00", text)
    assert later != text
    assert_shown("secret", later)
    for other in (f"{text}one more line\n", text.rpartition("jiki")[0], text.upper(), ""):
        with pytest.raises(AssertionError):
            assert_shown("secret", other)
