"""The playground's page in a real browser: its buttons do what Slack's do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.playground import open_alarm, page_of, play
from local.world import World
from tests.deployed.browser import Browser, chromium

ALARM = "jiki-api-web-cpu-high"


@pytest.fixture
def browser(world: World, tmp_path: Path) -> Iterator[Browser]:
    if not chromium():
        pytest.skip("no Chromium here: apt-get install chromium")
    with Browser.open(page_of(world), tmp_path / "profile") as browser:
        yield browser


def test_a_command_is_answered_to_who_typed_it(browser: Browser) -> None:
    browser.choose("#person", "U0EVE")
    browser.type("#text", "hold 3")
    alone = "[...document.querySelectorAll('.alone')].map(one => one.innerText)"
    said = "Only eve sees this: only operators may do this"
    browser.wait_for(f"{alone}.includes('{said}')")


def test_an_alarm_is_acknowledged_silenced_and_closed_by_clicks(
    world: World, browser: Browser
) -> None:
    # GIVEN an alarm that has gone off
    open_alarm(world)
    article = (
        f"[...document.querySelectorAll('article')].find(one => one.innerText.includes('{ALARM}'))"
    )
    ours = f"article[data-ts='{browser.wait_for(f'{article}?.dataset.ts')}']"
    # WHEN ana acknowledges it
    browser.click(f"{ours} button[data-value^='ack']")
    # THEN its thread says who did it
    browser.wait_for(f"{article}.querySelector('.thread')?.innerText.includes('by ana (U0ANA)')")
    # WHEN it is silenced, and closed for a reason
    browser.choose(f"{ours} select:has(option[value^='silence'])", "silence")
    browser.wait_for(f"{article}.innerText.includes('Silenced')")
    browser.choose(f"{ours} select:has(option[value^='close'])", "close")
    # THEN it is over, and no button is left
    browser.wait_for(f"{article}.innerText.includes('Closed by ana (U0ANA): fixed')")
    assert browser.evaluate(f"{article}.querySelectorAll('button').length") == 0


def test_the_playground_says_where_the_page_is_and_has_an_alarm_to_act_on(world: World) -> None:
    said: list[str] = []
    play(world, said.append, lambda: None)
    assert page_of(world) in said[0]
    assert world.slack.messages
