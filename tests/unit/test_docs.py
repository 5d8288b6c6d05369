"""Whether what the documents say to type, to open and to click exists."""

import ast
import importlib
import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore.session
import pytest
import yaml
from botocore import xform_name

from paths import ROOT
from probe_deployment.checks import CHECKS
from tests.markdown import DOCUMENTS, Block, anchors, blocks

MAKEFILE = (ROOT / "Makefile").read_text()
# What works with an account alone, wherever it stands in a command.
NEEDS_AWS = re.compile(
    r"(?<![\w/-])(aws [a-z]|sam (deploy|delete|remote|logs|sync|list)|psql |make .* STACK=)"
)
NEED_AWS_TARGETS = {
    "fit",
    "status",
    "incidents",
    "ack",
    "close",
    "silence",
    "hold",
    "deploy",
    "doctor",
    "package",
    "populate",
    "probe",
    "rehearse",
    "secret",
    "unsilence",
    "release",
    "why",
}
OPTIONS_OF_EVERY_AWS_COMMAND = {
    *("query", "output", "region", "profile", "no-cli-pager", "cli-input-json", "no-paginate"),
    *("cli-read-timeout", "cli-binary-format", "max-items", "page-size", "starting-token"),
}
# Commands that the AWS CLI has of its own or changes, with their options.
OWN_AWS_COMMANDS = {
    ("logs", "tail"): {"since", "follow", "format", "filter-pattern", "log-stream-names"},
    ("sns", "subscribe"): {
        *("topic-arn", "protocol", "notification-endpoint", "return-subscription-arn"),
    },
}

# Where the AWS CLI names a service otherwise than its model.
OTHER_NAMES = {"s3api": "s3"}


def in_line(path: Path) -> list[str]:
    """The code within a document's sentences."""
    text = re.sub(r"^ *```.*?^ *```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", text)]


def commands(word: str) -> Iterator[tuple[str, str]]:
    """Every command that begins with this word: where it stands, and itself on one line."""
    for path in DOCUMENTS:
        codes = [block.text for block in blocks("sh", "yaml") if block.path == path]
        indented = re.findall(r"(?:^    .*\n)+", path.read_text(), re.MULTILINE)
        for code in (*codes, *indented, *in_line(path)):
            for line in code.replace("\\\n", " ").splitlines():
                # What stands in $( ) is a command of its own.
                for part in line.split("$("):
                    for found in re.finditer(rf"(?<![\w./-]){word} [^|;#`)]+", part):
                        yield path.name, " ".join(found[0].split())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^ *```.*?^ *```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        # Pages of GitHub's beside the files, wherever the repository is.
        if re.match(r"https?://|mailto:|\.\./\.\./(actions|releases)\b", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), f"{path.name} links to {target}"
        assert not anchor or anchor in anchors(file), f"{path.name} links to {target}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_exist(path: Path) -> None:
    folders = "|".join(entry.name for entry in ROOT.iterdir() if entry.is_dir())
    for code in in_line(path):
        for name in re.findall(rf"(?<![\w/.-])(?:{folders})/[\w./*-]+", code):
            assert "<" in code or list(ROOT.glob(name)), f"{path.name} names {name}"


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_json_can_be_read(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_yaml_can_be_read(block: Block) -> None:
    assert yaml.safe_load(block.text)


@pytest.mark.parametrize("block", blocks("sh"), ids=str)
def test_shell_can_be_read(block: Block) -> None:
    subprocess.run(["bash", "-n"], input=block.text, text=True, check=True)


@pytest.mark.parametrize("block", blocks("sh"), ids=str)
def test_what_needs_aws_is_marked(block: Block) -> None:
    """The first line of such a block is ```sh aws."""
    targets = set(re.findall(r"\bmake ([a-z-]+)", block.text))
    needs_aws = bool(NEEDS_AWS.search(block.text)) or bool(targets & NEED_AWS_TARGETS)
    assert ("aws" in block.marks) == needs_aws, block.text


def test_make_has_every_target_and_variable() -> None:
    found = set(commands("make"))
    assert len(found) > 20
    for where, command in found:
        # Words of a sentence may follow an inline command; a target and NAME=value are what counts.
        target = re.match(r"make ([a-z-]+)", command)
        assert target is None or re.search(rf"^{target[1]}:", MAKEFILE, re.MULTILINE), (
            where,
            command,
        )
        for name in re.findall(r"\b([A-Z]+)=", command):
            assert f"$({name})" in MAKEFILE or name == "PYTHON", (where, command)
        for file in re.findall(r"=((?:events|docs)/\S+)", command):
            assert (ROOT / file).exists(), (where, command)


def test_every_program_that_make_starts_is_run_by_a_test() -> None:
    """Benchmarks apart, which take minutes: that they can start has to do for them."""
    tests = [ast.parse(path.read_text()) for path in (ROOT / "tests").rglob("*.py")]
    imported = {name for tree in tests for name in imported_modules(tree)}
    started = r"^([a-z-]+):.*\n(?:\t.*\n)*?\t.*python -m ([a-z_]+\.[a-z_.]+)"
    for target, module in re.findall(started, MAKEFILE, re.MULTILINE):
        if target.startswith("bench-"):
            importlib.import_module(module)
        else:
            assert any(f"{name}.".startswith(f"{module}.") for name in imported), module


def imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_make_help_lists_every_target() -> None:
    shown = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    use, develop = shown.split("Develop\n")
    listed = [line.split()[0] for line in [*use.splitlines()[1:], *develop.splitlines()]]
    assert sorted(listed) == sorted(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
    assert len(listed) == len(set(listed)), "a target is defined twice"
    assert "  deploy " in use
    assert "  test " in develop
    assert [line for line in shown.splitlines() if len(line) > 80] == []


def test_aws_commands_exist_with_their_options() -> None:
    found = set(commands("aws"))
    assert len(found) > 30
    for where, command in found:
        words = re.match(r"aws ([a-z0-9-]+) ([a-z-]+)", command)
        assert words is not None, (where, command)
        known = options(words[1], words[2])
        given = set(re.findall(r"(?<=\s)--(?:no-)?([a-z0-9-]+)", command))
        assert given <= known | OPTIONS_OF_EVERY_AWS_COMMAND, (where, command, given - known)


@cache
def options(service: str, command: str) -> set[str]:
    """The options of an AWS CLI command, as the CLI too makes them from the service's model."""
    if own := OWN_AWS_COMMANDS.get((service, command)):
        return own
    model = botocore.session.get_session().get_service_model(OTHER_NAMES.get(service, service))
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    assert command in operations, f"aws {service} has no command {command}"
    shape = model.operation_model(operations[command]).input_shape
    return {xform_name(name, "-") for name in (shape.members if shape else ())}


def test_every_check_is_described() -> None:
    described = set(in_line(ROOT / "docs/probes.md"))
    named = {name for codes in described for name in codes.split()}
    assert set(CHECKS) <= named, set(CHECKS) - named


def test_every_event_of_our_own_is_described() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "functions").rglob("*.py"))
    kinds = set(
        re.findall(
            r"`((?:Password|Rotation|Scaler|Workers|Deployment)[A-Z]\w+)`",
            (ROOT / "docs/events.md").read_text(),
        )
    )
    assert len(kinds) > 8
    assert {kind for kind in kinds if f'"{kind}"' not in sources} == set()
    assert set(re.findall(r'kind="(\w+)"', sources)) <= kinds
