"""The commands of a runbook, and a shell in a checkout of its own that runs them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.configure.samconfig import write_overrides
from local.ministack import CREDENTIALS
from local.start_world import NETWORK
from local.transform import example
from local.world import World
from paths import ROOT
from tests.deployed.aws_program import ROTATION_FUNCTION, SUBSCRIBED_QUEUE

ENVIRONMENT = "local"
NOT_COPIED = (".git", ".venv*", ".aws-sam", "__pycache__", ".*_cache", ".hypothesis")
PARTS = re.compile(
    r"^#{2,3} (?P<title>[^\n]+)$"
    r"|^(?P<indent> *)```(?P<language>\S+)[^\n]*\n(?P<block>.*?)^(?P=indent)```"
    r"|`(?P<code>[^`]+)`",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Command:
    """A block of commands, or one within a sentence."""

    section: str
    language: str
    text: str


def commands(page: str) -> Iterator[Command]:
    """Everything of the page that a person may type, in its order."""
    section = ""
    for part in PARTS.finditer(page):
        code = " ".join((part["code"] or "").split())
        if part["title"]:
            section = part["title"]
        elif part["block"] and part["language"] != "text":  # what a command prints
            text = re.sub(rf"^{part['indent']}", "", part["block"], flags=re.MULTILINE)
            yield Command(section, part["language"], text)
        elif re.match(r"(?:make|aws) ", code):
            yield Command(section, "sh", code)


@dataclass(frozen=True)
class Shell:
    """A person's shell, in a checkout whose samconfig.toml names the world's stack."""

    folder: Path
    variables: Mapping[str, str]

    @classmethod
    def of(cls, world: World, folder: Path) -> "Shell":
        """A copy of the tree in `folder`, and programs that reach the stand-ins."""
        checkout, programs = folder / "checkout", folder / "programs"
        shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(*NOT_COPIED))
        made = [path.name for path in ROOT.glob(".venv*")]
        for name in made:
            (checkout / name).symlink_to((ROOT / name).resolve())
        write_overrides(checkout / "samconfig.toml", [ENVIRONMENT], example() | NETWORK)
        programs.mkdir()
        aws = [sys.executable, str(Path(__file__).with_name("aws_program.py"))]
        # Environments that are there are not made anew, however old they are.
        make = ["/usr/bin/env", f"PATH={os.environ['PATH']}", "make"]
        make += [word for name in made for word in ("-o", f"{name}/.ready")]
        for name, words in (("aws", aws), ("make", make)):
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
            program.chmod(0o755)
        own = {
            "AWS_ENDPOINT_URL": world.emulator.url,
            "AWS_ENDPOINT_URL_ECS": world.ecs.url,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "EDITOR": "true",
            ROTATION_FUNCTION: world.outputs["RotatePasswordFunction"],
            SUBSCRIBED_QUEUE: world.outputs["AlertQueueUrl"],
        }
        return cls(checkout, CREDENTIALS | own)

    def run(self, texts: Sequence[str], *, typed: str = "") -> tuple[str, str, list[str]]:
        """What the commands print in one shell, their errors, and each part that failed."""
        script = "trap 'echo \"@failed $BASH_COMMAND\"' ERR\n" + "\n".join(texts)
        result = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.variables,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        failed = re.findall(r"^@failed (.*)$", result.stdout, re.MULTILINE)
        return result.stdout, result.stderr, failed
