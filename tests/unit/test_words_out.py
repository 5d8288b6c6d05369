"""Words that are out: the glossary of docs/architecture.md has the one that is in."""

import ast
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from tokenize import COMMENT, generate_tokens

import pytest

from local.transform import source
from paths import ROOT
from tests.markdown import DOCUMENTS

OUT = {
    r"tells?|telling|told": "notify, send, show, say",
    r"looks?(?![ -]ahead)|looked|looking": "measure, check, read",
    r"hears?|heard": "get, be notified",
    r"mend(?:s|ed|ing)?": "fix",
    r"worth": "required, needed",
    r"beats?|beaten": "heartbeat",
    r"lets? (?:it |them )?go": "enable; abandon",
    r"rhythms?|outlook": "forecast",
}
PATTERN = re.compile(rf"\b({'|'.join(OUT)})\b", re.IGNORECASE)
# Decision records and the changelog keep the voice of their day.
PAGES = [
    page for page in DOCUMENTS if "decisions" not in page.parts and page.name != "CHANGELOG.md"
]
CODE_FOLDERS = ("functions", "layers/common", "cli", "local", "benchmarks")
CODE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)", re.DOTALL)


def found(text: str) -> list[str]:
    return [text[max(0, one.start() - 40) : one.end() + 40] for one in PATTERN.finditer(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_has_one(page: Path) -> None:
    assert found(CODE.sub(" ", page.read_text())) == []


def test_no_description_of_the_template_has_one() -> None:
    template = source()
    described = [
        part["Description"]
        for parts in (template["Parameters"], template["Outputs"])
        for part in parts.values()
    ]
    described += [
        str(resource["Properties"][field])
        for resource in template["Resources"].values()
        for field in ("Description", "AlarmDescription")
        if field in resource.get("Properties", {})
    ]
    assert [words for text in described for words in found(text)] == []


@pytest.mark.parametrize(
    "page", [ROOT / "Makefile", ROOT / "local" / "find_python.sh", *ROOT.glob(".github/**/*.yml")]
)
def test_neither_the_help_nor_a_workflow_has_one(page: Path) -> None:
    assert found(page.read_text()) == []


def docstrings_of(tree: ast.Module) -> set[ast.Constant]:
    """The texts that stand by themselves."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def messages_of(file: Path) -> Iterator[str]:
    """The text constants of a module but its docstrings."""
    tree = ast.parse(file.read_text())
    said = docstrings_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said:
            yield node.value


def explanations_of(file: Path) -> Iterator[str]:
    """The docstrings and comments of a module, without the code in them."""
    text = file.read_text()
    for node in docstrings_of(ast.parse(text)):
        yield CODE.sub(" ", str(node.value))
    for token in generate_tokens(StringIO(text).readline):
        if token.type == COMMENT:
            yield token.string


FILES = sorted(one for folder in CODE_FOLDERS for one in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_docstring_and_no_comment_has_one(file: Path) -> None:
    assert [words for text in explanations_of(file) for words in found(text)] == []


def test_no_message_at_run_time_has_one() -> None:
    places = {}
    for file in FILES:
        shown = [text for text in messages_of(file) if " " in text and "SELECT" not in text]
        hits = [words for text in shown for words in found(text)]
        if hits:
            places[str(file.relative_to(ROOT))] = hits
    assert places == {}


def test_no_name_of_the_code_has_one() -> None:
    # How far ahead jobs are counted, and reading a value: the field's own words.
    kept = ("look_ahead", "look_up")
    places = {}
    for file in FILES:
        names = [re.sub("|".join(kept), "", name).replace("_", " ") for name in names_of(file)]
        hits = [words for name in names for words in found(name)]
        if hits:
            places[str(file.relative_to(ROOT))] = hits
    assert places == {}


def names_of(file: Path) -> Iterator[str]:
    """What a module defines or assigns, its words apart."""
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def test_no_name_of_a_test_has_one() -> None:
    hits = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        names = re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
        words = [one for name in names for one in found(name.replace("_", " "))]
        if words:
            hits[str(file.relative_to(ROOT))] = words
    assert hits == {}
