"""The playground's page in a real browser: its buttons do what Slack's do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.playground import page_of, play
from local.world import World
from tests.deployed.browser import Browser, chromium


@pytest.fixture
def browser(world: World, tmp_path: Path) -> Iterator[Browser]:
    if not chromium():
        pytest.skip("no Chromium here: apt-get install chromium")
    with Browser.open(page_of(world), tmp_path / "profile") as browser:
        yield browser


def test_a_command_is_answered_to_who_typed_it(browser: Browser) -> None:
    browser.choose("#person", "U0EVE")
    browser.type("#text", "hold 3")
    said = browser.wait_for("document.querySelector('.alone')?.innerText")
    assert said == "Only eve sees this: only operators may do this"


def test_the_playground_says_where_the_page_is_and_has_an_alarm_to_act_on(world: World) -> None:
    said: list[str] = []
    play(world, said.append, lambda: None)
    assert page_of(world) in said[0]
    assert world.slack.messages
