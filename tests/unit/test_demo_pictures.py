"""Which part of a story becomes its picture."""

from pathlib import Path

from rich.text import Text

from local.demo.__main__ import STORIES
from local.demo.picture import MOST_LINES, PARTS, draw, part

LINES = [Text(line) for line in ("title", "before", "begin here", "within", "end here", "after")]


def plain(lines: list[Text]) -> list[str]:
    return [line.plain for line in lines]


def test_it_goes_from_the_first_text_to_the_last() -> None:
    assert plain(part(LINES, "begin", "end")) == ["begin here", "within", "end here"]


def test_a_frame_that_ends_below_is_closed() -> None:
    framed = [Text(line) for line in ("│ begin", "│ end", "╰────╯", "after")]
    assert plain(part(framed, "begin", "end")) == ["│ begin", "│ end", "╰────╯"]


def test_a_story_may_have_two_parts(tmp_path: Path) -> None:
    file = tmp_path / "demo-rotation.svg"
    texts = [text for ends in PARTS["rotation"] for text in ends]
    draw("rotation", "\n".join([texts[0], texts[1], "left out", texts[2], texts[3]]), file)
    shown = file.read_text().replace("&#160;", " ")
    assert all(text in shown for text in texts)
    assert "left out" not in shown


def test_what_is_not_found_cuts_nothing_off() -> None:
    assert plain(part(LINES, "nowhere", "nowhere")) == plain(LINES)


def test_it_is_no_longer_than_fits() -> None:
    assert len(part([Text("line")] * 100, "", "")) == MOST_LINES


def test_every_part_is_of_a_story() -> None:
    assert set(PARTS) <= set(STORIES)


def test_the_picture_fetches_no_font(tmp_path: Path) -> None:
    file = tmp_path / "demo-alert.svg"
    draw("alert", "\x1b[31mred\x1b[0m line\n", file)
    assert "line" in file.read_text()
    assert "@font-face" not in file.read_text()
