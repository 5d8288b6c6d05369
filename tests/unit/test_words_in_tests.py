"""A test of an error, a finding or a decision asserts on its fields, for words are changed.

The words have one file a function (test_words.py; of the scaler, test_reason.py).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from paths import ROOT

WORDS_FILES = ("test_words.py", "test_reason.py")
# A stand-in is held to what the original says, in the original's words.
STAND_INS = "test_local_"
SENTENCE = 3
"""So many words and more; fewer are a name."""
HOLD_WORDS = {"message", "note", "observed", "reason", "remedy"}


def sentences(tree: ast.AST) -> Iterator[int]:
    """Lines that compare words of an error, a finding or a decision with a sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "match" and is_sentence(node.value):
            yield node.value.lineno
        if isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            if any(map(is_sentence, sides)) and any(map(are_words, sides)):
                yield node.lineno


def is_sentence(node: ast.expr) -> bool:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(
        str(part.value) if isinstance(part, ast.Constant) else "x"
        for part in parts
        if isinstance(part, ast.Constant | ast.FormattedValue)
    )
    return len(text.split()) >= SENTENCE


def are_words(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name("str")):
            return True
        case ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(name)):
            return name in HOLD_WORDS
    return False


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pytest.raises(Bad, match='has no such field')", True),
        ("assert str(caught.value) == f'{name} must be a number'", True),
        ("assert 'the image is gone' in finding.remedy", True),
        ("assert answer['message'] == 'refused the login'", True),
        ("assert 'login.host' in str(caught.value)", False),
        ("assert event.title == 'Database password lost: config'", False),
        ("assert finding.cause is Cause.UNREACHABLE", False),
    ],
)
def test_a_sentence_is_known(text: str, found: bool) -> None:
    assert bool(list(sentences(ast.parse(text)))) is found


def test_words_are_compared_in_one_file_a_function() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if path.name not in WORDS_FILES and not path.name.startswith(STAND_INS)
        for line in sentences(ast.parse(path.read_text()))
    ] == []


def test_a_function_has_one_file_of_words() -> None:
    files = [path for name in WORDS_FILES for path in Path(ROOT / "tests").rglob(name)]
    assert len({path.parent for path in files}) == len(files)
