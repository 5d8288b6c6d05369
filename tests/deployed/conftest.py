"""One local world for all of these tests: the template is deployed once."""

from collections.abc import Iterator

import pytest

from local.start_world import start_world
from local.world import World

WAITS_FOR_THE_CLOCK = "test_the_schedule_ticks"


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with start_world() as world:
        yield world


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The schedule's minute passes while the others run, whatever the random order is."""
    items.sort(key=lambda item: item.name == WAITS_FOR_THE_CLOCK)
