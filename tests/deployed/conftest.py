"""One local world for all of these tests: the template is deployed once."""

from collections.abc import Iterator

import pytest

from local.world import World


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with World.start() as world:
        yield world
