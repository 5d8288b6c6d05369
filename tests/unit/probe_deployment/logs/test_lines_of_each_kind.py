"""Several hundred lines as Rails, lograge, semantic_logger, Solid Queue, Thruster, Puma, Ruby,
Bundler and libpq write them (their sources, formats only): what is broken counts, the rest doesn't.
"""

from pathlib import Path

from probe_deployment.logs import first_error

LINES = Path(__file__).parent / "lines"
ESCAPE = "␛"
"""In the files, for the character that begins a colour."""


def lines(name: str) -> list[str]:
    return (LINES / name).read_text().replace(ESCAPE, "\x1b").splitlines()


def test_every_failing_line_is_seen() -> None:
    failing = lines("failing.txt")
    assert len(failing) > 300
    assert [line for line in failing if first_error(line) is None] == []


def test_no_normal_line_is_counted() -> None:
    normal = lines("normal.txt")
    assert len(normal) > 200
    assert [line for line in normal if first_error(line) is not None] == []


def test_a_tag_in_front_changes_nothing() -> None:
    """Rails' tagged logging puts its request id before whatever the app writes."""
    tag = "[0f5e9a1c-0000-4000-8000-5f1e6d7c8b9a] "
    assert [line for line in lines("normal.txt") if first_error(tag + line) is not None] == []
