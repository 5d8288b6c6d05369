"""A password that has expired is refused as a wrong one is; a label tells them apart."""

from datetime import UTC, datetime, timedelta

import pytest

from rotate_password.adapters.master_reset import PasswordLost
from rotate_password.conditions.expiry import PREFIX, PasswordExpired, remembered
from rotate_password.rehearsal.checks import Level
from rotate_password.rehearsal.rehearse import rehearse
from rotate_password.words.cause import Cause
from tests.unit.rotate_password.world import MemoryMaster, World

UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
LABEL = "ROTATION_VALID_UNTIL_20261201T000000Z"


@pytest.fixture
def world() -> World:
    """A rotation has seen the date, which then passes."""
    world = World()
    world.database.valid_until["jiki"] = UNTIL
    world.rotate()
    assert world.secret.labels[LABEL] == world.secret.labels["AWSCURRENT"]
    world.clock.time = UNTIL + timedelta(days=1)
    return world


def test_an_expired_password_is_no_lost_one(world: World) -> None:
    with pytest.raises(PasswordExpired) as caught:
        world.rotate()

    assert (caught.value.user, caught.value.since) == ("jiki", UNTIL)


def test_a_rehearsal_says_so_too(world: World) -> None:
    (finding,) = rehearse(world.ports())

    assert (finding.check, finding.level) == ("login", Level.STOP)
    assert finding.cause is Cause.EXPIRED


def test_amazon_rds_is_asked_once_and_then_the_date_is_named(world: World) -> None:
    # GIVEN a master whose reset leaves the date as it is
    world.master = MemoryMaster(world.database)
    token = world.secret.begin_rotation()
    world.step("createSecret", token)

    for _ in range(2):
        with pytest.raises(PasswordExpired):
            world.step("setSecret", token)

    assert len(world.master.asked) == 1


def test_a_password_that_is_wrong_before_its_date_is_lost(world: World) -> None:
    world.clock.time = UNTIL - timedelta(days=1)
    world.database.roles["jiki"] = "nobody knows"

    with pytest.raises(PasswordLost):
        world.rotate()


def test_a_date_that_was_moved_is_forgotten(world: World) -> None:
    world.database.valid_until["jiki"] = UNTIL + timedelta(days=365)
    world.rotate()
    assert list(remembered(world.secret.labels).values()) == [UNTIL + timedelta(days=365)]

    del world.database.valid_until["jiki"]
    world.rotate()
    assert not any(label.startswith(PREFIX) for label in world.secret.labels)


def test_a_label_that_somebody_wrote_is_no_date() -> None:
    assert remembered({f"{PREFIX}soon": "v1", "AWSCURRENT": "v1"}) == {}
