"""`make release-files`: what a release consists of, the built template with code, and its notes.

python -m cli.release --version 0.1.0
"""

import argparse
import re
import shutil
import sys
import tomllib
from pathlib import Path

from cli.build import FOLDER, build
from local.precompile import NotCompiled
from paths import ROOT

TO = ROOT / ".aws-sam" / "release"


class BadRelease(Exception):
    """The version is not this checkout's, or the changelog has no section of it."""


def main() -> int:
    """Build, then write the zip and the notes; 0 unless something is missing."""
    parser = argparse.ArgumentParser(prog="make release-files", description=__doc__)
    parser.add_argument("--version", required=True)
    version = parser.parse_args().version
    try:
        notes = notes_of(version, (ROOT / "CHANGELOG.md").read_text())
        check_version(version, (ROOT / "pyproject.toml").read_text())
        if code := build(None):
            return code
    except (BadRelease, NotCompiled) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Written: {write(version, notes, FOLDER, TO)}")
    return 0


def notes_of(version: str, changelog: str) -> str:
    """The version's section of the changelog. Raises BadRelease without one."""
    found = re.search(
        rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |\Z)",
        changelog,
        re.MULTILINE | re.DOTALL,
    )
    if not found:
        raise BadRelease(f"CHANGELOG.md has no section '## {version} - DATE'")
    return found[1].strip() + "\n"


def check_version(version: str, pyproject: str) -> None:
    """Raises BadRelease where the checkout calls itself otherwise."""
    own = tomllib.loads(pyproject)["project"]["version"]
    if own != version:
        raise BadRelease(f"pyproject.toml says {own}, not {version}")


def write(version: str, notes: str, built: Path, to: Path) -> Path:
    """The zip of what was built, and the notes beside it."""
    to.mkdir(parents=True, exist_ok=True)
    (to / "notes.md").write_text(notes)
    name = to / f"jiki-ops-{version}-x86_64"
    return Path(shutil.make_archive(str(name), "zip", built))


if __name__ == "__main__":
    sys.exit(main())
