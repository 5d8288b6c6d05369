"""The secret's versions, with what the database says to each."""

import json

from rotate_password.rehearsal.timeline import Answer, as_json, timeline
from tests.unit.rotate_password.world import World


def test_each_labelled_version_is_asked_for_and_none_is_shown() -> None:
    world = World()
    world.rotate()
    world.secret.edit(aurora_password="typed by hand")
    world.secret.labels["BROKEN"] = "v1"
    world.secret.versions["v1"] = "no JSON"

    entries = timeline(world.ports())

    answers = {label: each.answer for each in entries for label in each.version.labels}
    assert answers == {
        "AWSCURRENT": Answer.REFUSED,
        "AWSPREVIOUS": Answer.ACCEPTED,
        "ROTATION_TO": Answer.ACCEPTED,
        "ROTATION_FROM": Answer.REFUSED,
        "ROTATION_BASE": Answer.REFUSED,
        "BROKEN": Answer.NO_PASSWORD,
    }
    shown = json.dumps(as_json(entries))
    assert not any(password in shown for password in (*world.database.roles.values(), "by hand"))


def answers(world: World) -> set[Answer]:
    """What is said to the current version."""
    return {each.answer for each in timeline(world.ports())}


def test_an_outage_is_no_refusal_and_shows_the_labels_still() -> None:
    world = World()
    world.rotate()
    world.database.unreachable_times = 1

    # THEN no second version waits for it
    assert answers(world) == {Answer.UNKNOWN}


def test_a_role_that_may_not_log_in_is_no_refusal() -> None:
    world = World()
    world.database.nologin = {"jiki"}

    assert answers(world) == {Answer.DISABLED}
