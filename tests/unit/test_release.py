"""A release: its zip, its notes, and a version that the checkout agrees with."""

import zipfile
from pathlib import Path

import pytest

from cli.release import BadRelease, check_version, notes_of, write
from paths import ROOT

CHANGELOG = """# Changelog

## Unreleased

## 1.1.0 - 2027-01-02

### Added
- newer

## 1.0.0 - 2026-12-01

### Added
- older
"""


def test_the_notes_are_the_version_s_section() -> None:
    assert notes_of("1.1.0", CHANGELOG) == "### Added\n- newer\n"
    assert notes_of("1.0.0", CHANGELOG) == "### Added\n- older\n"


@pytest.mark.parametrize("version", ["1.2.0", "1.0", "Unreleased"])
def test_without_a_section_there_is_no_release(version: str) -> None:
    with pytest.raises(BadRelease):
        notes_of(version, CHANGELOG)


def test_the_tag_is_the_checkout_s_version() -> None:
    check_version("0.1.0", (ROOT / "pyproject.toml").read_text())
    with pytest.raises(BadRelease):
        check_version("9.9.9", (ROOT / "pyproject.toml").read_text())


def test_the_version_of_this_checkout_has_notes_that_say_what_is_not_proven() -> None:
    notes = notes_of("0.1.0", (ROOT / "CHANGELOG.md").read_text())
    assert "### Not proven" in notes


def test_the_zip_holds_template_and_code(tmp_path: Path) -> None:
    built = tmp_path / "build"
    (built / "ScaleWorkers").mkdir(parents=True)
    (built / "template.yaml").write_text("Resources: {}\n")
    (built / "ScaleWorkers" / "app.pyc").write_bytes(b"code")
    written = write("1.0.0", "notes\n", built, tmp_path / "release")
    with zipfile.ZipFile(written) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    assert names == {"template.yaml", "ScaleWorkers/app.pyc"}
    assert (written.parent / "notes.md").read_text() == "notes\n"
