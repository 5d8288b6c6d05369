"""What the project is made of is pinned, licensed and free of secrets."""

import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from cli.reference.licences import LAYERS, licence, pins
from paths import ROOT

REQUIREMENTS = sorted([*ROOT.glob("requirements*.txt"), *ROOT.glob("layers/*/requirements.txt")])
MAY_BE_DEPLOYED = {"MIT", "MIT-0", "Apache-2.0", "BSD-3-Clause", "PSF-2.0", "LGPL-3.0-only"}

# What the services that Jiki uses give out, as their documents describe it.
SECRETS = {
    "AWS access key": r"(?:AKIA|ASIA)[A-Z0-9]{16}",
    "Stripe key": r"[rs]k_live_[A-Za-z0-9]{16,}",
    "Stripe webhook secret": r"whsec_[A-Za-z0-9+/]{24,}",
    "Slack token": r"xox[abeprs]-[0-9]{8,}-[A-Za-z0-9-]{16,}",
    "Slack webhook": r"hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}",
    "Google API key": r"AIza[A-Za-z0-9_-]{35}",
    "GitHub token": r"(?:gh[oprsu]_|github_pat_)[A-Za-z0-9_]{30,}",
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "JSON web token": r"eyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    "password in an address": r"[a-z]+://[^\s:/@{}<>$]+:(?!\*+@)[^\s:/@{}<>$]{8,}@[a-z0-9]",
}
# Text that is given to something with a telling name, and is as mixed as a password; ARNs and
# the UUIDs of versions and rotations are none.
ASSIGNED = re.compile(
    r"""(?:password|passwd|secret|token|api_?key)["']?\s*[:=]\s*["']"""
    r"""(?!arn:|[0-9a-f]{8}-[0-9a-f]{4}-)([^"'\s]{16,})["']""",
    re.IGNORECASE,
)
PASSWORD_BITS_A_CHARACTER = 3.9
# File and beginning of what is found there, with the reason.
NOBODY_S = {
    ("events/query_database/set_password.json", "Zk3bQ9"): "a new password, made up for the event",
}
MADE_UP = ("tests/corpus/log_lines/", "tests/corpus/other_events/")
"""Lines and findings with credentials that nobody has."""
BINARY = {".png", ".gif", ".ico"}


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def bits_a_character(text: str) -> float:
    """Shannon's entropy."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)


def secrets_in(text: str) -> Iterator[str]:
    for what, pattern in SECRETS.items():
        for match in re.finditer(pattern, text):
            yield f"{what}: {match[0][:12]}…"
    for match in ASSIGNED.finditer(text):
        if bits_a_character(match[1]) > PASSWORD_BITS_A_CHARACTER and "{" not in match[1]:
            yield f"looks like a password: {match[1][:6]}…"


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_requirement_is_pinned_and_hashed_and_names_no_address(file: Path) -> None:
    text = file.read_text()
    statements = re.sub(r"\s*\\\n\s*", " ", text).splitlines()
    assert statements
    for statement in statements:
        assert re.fullmatch(
            r"[A-Za-z0-9._-]+==\S+( ; [^\\]+?)?( --hash=sha256:[0-9a-f]{64})+", statement
        ), statement
    assert "://" not in text


@pytest.mark.parametrize("layer", LAYERS)
def test_what_is_tested_is_what_is_deployed(layer: str) -> None:
    deployed = pins(ROOT / "layers" / layer / "requirements.txt")
    tested = pins(ROOT / "requirements-dev.txt")
    assert deployed.items() <= tested.items()


@pytest.mark.parametrize("layer", LAYERS)
def test_what_is_deployed_may_be(layer: str) -> None:
    for package in pins(ROOT / "layers" / layer / "requirements.txt"):
        assert set(licence(package).split(" OR ")) & MAY_BE_DEPLOYED, package


def test_every_development_package_names_its_licence() -> None:
    for package in pins(ROOT / "requirements-dev.txt"):
        assert licence(package), package


def test_nothing_in_the_tree_resembles_a_secret() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {secret}"
        for file in tracked_files()
        if file.suffix not in BINARY and not str(file.relative_to(ROOT)).startswith(MADE_UP)
        for secret in secrets_in(file.read_text())
        if not any(
            str(file.relative_to(ROOT)) == name and f": {beginning}" in secret
            for name, beginning in NOBODY_S
        )
    ]
    assert found == []


def test_no_file_of_secrets_is_tracked() -> None:
    names = re.compile(r"^(\.env(\..+)?|id_[a-z0-9]+|credentials|.*\.(key|p12|pfx|jks|kdbx))$")
    assert [file for file in tracked_files() if names.match(file.name)] == []


# Put together here, so that this file passes its own test.
EXAMPLES = {
    "AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "Stripe key": "sk_" + "live_" + "51HxAbCdEfGhIjKlMn",
    "Stripe webhook secret": "whsec" + "_" + "abcdefghijklmnopqrstuvwx",
    "Slack token": "xoxb-" + "1234567890-1234567890123-" + "abcdefABCDEF",
    "Slack webhook": "https://hooks.slack.com/services/" + "T01234567/B01234567/" + "a1" * 12,
    "Google API key": "AIza" + "Sy" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q",
    "GitHub token": "ghp" + "_" + "a1B2" * 9,
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "JSON web token": ".".join(
        ["eyJ" + "hbGciOiJIUzI1NiJ9", "eyJ" + "zdWIiOiIxMjM0NTY3", "s" * 20]
    ),
    "password in an address": "postgres://jiki:" + "correct-horse" + "@db.example.org/jiki",
    "looks like a password": 'aurora_password = "' + "xV9#kQ2!mZ7pL4wR8tYc" + '"',
}


@pytest.mark.parametrize("what", [*SECRETS, "looks like a password"])
def test_a_secret_would_be_found(what: str) -> None:
    assert [found.partition(":")[0] for found in secrets_in(EXAMPLES[what])] == [what]


@pytest.mark.parametrize(
    "text",
    [
        'password = "made-up-made-up-made-up"',
        'SLACK_TOKEN_PARAMETER = "/jiki-ops/slack-token"',
        "postgres://jiki:********@db.example.org/jiki",
        '"aurora_password": "temporary-change-me-immediately"',
    ],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert list(secrets_in(text)) == []


def test_each_exception_of_the_template_s_linter_has_a_reason() -> None:
    lines = (ROOT / ".cfnlintrc").read_text().splitlines()
    rules = yaml.safe_load("\n".join(lines))["ignore_checks"]
    given = {line.strip("- ") for above, line in pairwise(lines) if "# " in above}
    assert set(rules) <= given


def test_pre_commit_runs_this_project_s_own_programs_and_fetches_none() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        program = hook["entry"].split()[0]
        assert hook["language"] == "system"
        assert program == "make" or program.startswith(".venv/bin/"), hook["id"]
