"""What a rehearsal finds, and that it changes nothing."""

from datetime import UTC, datetime

import pytest

from ops_common.answers.turns import Difference, DifferenceKind
from rotate_password.adapters.secret import PENDING
from rotate_password.adapters.services import Reader
from rotate_password.rehearsal.checks import Finding, Level
from rotate_password.rehearsal.rehearse import as_json, may_rotate, rehearse
from rotate_password.words.cause import Cause
from tests.unit.rotate_password.world import SERVICES, MemoryMaster, World


def found(world: World, level: Level) -> list[tuple[str, str]]:
    """Check and observation of every finding of a level; the world is as it was."""
    before = (dict(world.secret.versions), dict(world.secret.labels), dict(world.database.roles))
    findings = rehearse(world.ports())
    assert before == (world.secret.versions, world.secret.labels, world.database.roles)
    assert (world.journal.effects, world.events, world.clock.slept) == ([], [], [])
    assert may_rotate(findings) is not any(each.level is Level.STOP for each in findings)
    return [(each.check, each.observed) for each in findings if each.level is level]


@pytest.mark.parametrize("alternating", [False, True])
def test_nothing_is_in_the_way_where_a_rotation_works(alternating: bool) -> None:
    world = World(alternating=alternating)

    assert found(world, Level.STOP) == found(world, Level.NOTE) == []
    user = "jiki_b" if alternating else "jiki"
    assert ("user", f"{user} would have the new password") in found(world, Level.OK)


def test_a_lost_password_is_all_that_is_said() -> None:
    world = World()
    world.database.roles["jiki"] = "nobody knows"

    (finding,) = rehearse(world.ports())

    assert (finding.check, finding.level) == ("login", Level.STOP)


def test_an_outage_is_a_finding() -> None:
    world = World()
    world.database.unreachable_times = 1

    (finding,) = rehearse(world.ports())

    assert (finding.level, finding.cause) == (Level.STOP, Cause.UNREACHABLE)


def test_what_would_break_stops_and_what_a_rotation_fixes_is_noted() -> None:
    world = World(alternating=True)
    world.database.nologin = {"jiki_b"}
    world.database.sessions["jiki_b"] = [2]
    world.database.valid_until["jiki_b"] = datetime(2026, 12, 1, tzinfo=UTC)
    world.services.rolling = 1
    world.services.by_others = {SERVICES[1]}
    world.services.found_readers = [
        Reader(SERVICES[0], "aurora_password", pinned=True),
        Reader("console", None, pinned=False),
    ]
    world.secret.edit(database_url="postgres://jiki:first@db/jiki")

    assert [check for check, _ in found(world, Level.STOP)] == [
        "copies",
        "user",
        "user",
        "services",
        "services",
        "readers",
        "readers",
    ]


def test_what_soon_ends_or_is_left_over_is_noted() -> None:
    world = World()
    world.database.valid_until["jiki"] = datetime(2026, 12, 1, tzinfo=UTC)
    world.secret.begin_rotation()
    assert world.secret.labels[PENDING]

    assert [check for check, _ in found(world, Level.NOTE)] == ["secret", "user"]


def test_a_first_turn_lists_what_is_carried_over_and_what_is_not() -> None:
    world = World()
    world.secret.edit(aurora_username="jiki")
    world.database.differences = (
        Difference(DifferenceKind.OBJECT, "table later", "REASSIGN", True),
        Difference(DifferenceKind.GRANT, "SELECT on t", "GRANT", False),
    )

    assert [each.check for each in rehearse(world.ports()) if each.level is Level.NOTE] == ["turn"]
    (stop,) = found(world, Level.STOP)
    assert stop == ("turn", "grant SELECT on t of jiki in jiki_production")


def test_a_password_that_amazon_rds_manages_stops() -> None:
    world = World()
    world.master = MemoryMaster(world.database, is_managed=True)

    assert [check for check, _ in found(world, Level.STOP)] == ["user"]


def test_a_secret_without_room_for_the_new_password_stops() -> None:
    world = World()
    world.secret.edit(note="x" * 65_500)

    assert [check for check, _ in found(world, Level.STOP)] == ["secret"]


def test_the_answer_is_plain_json() -> None:
    finding = Finding("login", Level.STOP, "seen", "do this")

    assert as_json((finding,)) == {
        "mayRotate": False,
        "findings": [{"check": "login", "level": "stop", "observed": "seen", "remedy": "do this"}],
    }
