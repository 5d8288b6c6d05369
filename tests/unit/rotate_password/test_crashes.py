"""Every side effect of a rotation × a death right before or after it: the same end.

The tables below are the side effects that docs/rotation.md lists. A rotation that does anything
else, or in another order, fails the first test.
"""

import json
from collections.abc import Callable

import pytest

from tests.unit.rotate_password.world import SERVICES, STEPS, Killed, World

PLAIN = [
    "move ROTATION_BASE",
    "put AWSPENDING",
    "set password",
    "move AWSCURRENT",
    "redeploy jiki-api-web",
    "redeploy jiki-api-solid-queue",
    "publish PasswordRotated",
    "move AWSPENDING",
]
EDITED = [
    *PLAIN[:3],
    "publish PasswordEdited",
    "put ROTATION_MERGED",
    *PLAIN[3:],
]


def single(world: World) -> None:
    """No edit."""


def edit(world: World) -> None:
    """A person adds one key and changes the password, once the pending version is there."""
    if "AWSPENDING" in world.secret.labels and "stripe" not in world.secret.text():
        world.secret.edit(stripe_webhook_secret="whsec_1", aurora_password="by hand")


SCENARIOS: dict[str, tuple[bool, list[str], Callable[[World], None]]] = {
    "single user": (False, PLAIN, single),
    "alternating users": (True, PLAIN, single),
    "single user, edited": (False, EDITED, edit),
    "alternating users, edited": (True, EDITED, edit),
}


def run(world: World, meddle: Callable[[World], None], token: str) -> None:
    for name in STEPS:
        world.step(name, token)
        if name == "testSecret":
            meddle(world)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_side_effects_are_those_of_the_table(scenario: str) -> None:
    alternating, effects, meddle = SCENARIOS[scenario]
    world = World(alternating=alternating)

    run(world, meddle, world.secret.begin_rotation())

    assert world.journal.effects == effects


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("scenario", "effect"),
    [(name, effect) for name, (_, effects, _) in SCENARIOS.items() for effect in effects],
)
def test_a_rotation_killed_at_any_side_effect_ends_the_same_when_tried_again(
    scenario: str, effect: str, moment: str
) -> None:
    # GIVEN a process that dies right before or after one of its side effects
    alternating, _, meddle = SCENARIOS[scenario]
    world = World(alternating=alternating)
    before = json.loads(world.secret.text())
    token = world.secret.begin_rotation()
    world.journal.kill = (effect, moment)
    with pytest.raises(Killed):
        run(world, meddle, token)

    # WHEN Secrets Manager tries again, from the first step on
    run(world, meddle, token)

    # THEN the app's credentials log in, and all other keys are there
    after = json.loads(world.secret.text())
    assert world.database.roles[world.current().user] == world.current().password
    assert after["aurora_password"] not in ("first", "by hand")
    assert after.get("aurora_username") == ("jiki_b" if alternating else None)
    kept = before | ({"stripe_webhook_secret": "whsec_1"} if meddle is edit else {})
    credentials = {"aurora_password", "aurora_username"}
    assert {k: v for k, v in after.items() if k not in credentials} == {
        k: v for k, v in kept.items() if k not in credentials
    }
    # AND each service has been redeployed once, after the password became current
    assert {len(world.services.deployed[name]) for name in SERVICES} == {2}
    # AND people have been told, twice at most
    assert 1 <= len(world.told("PasswordRotated")) <= 2
    # AND nothing is pending, so that the next rotation is accepted and works
    assert "AWSPENDING" not in world.secret.labels
    world.rotate()
    assert world.database.roles[world.current().user] == world.current().password


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_step_done_twice_changes_nothing_more(scenario: str) -> None:
    alternating, effects, meddle = SCENARIOS[scenario]
    world = World(alternating=alternating)
    token = world.secret.begin_rotation()

    for name in STEPS:
        world.step(name, token)
        if name == "testSecret":
            meddle(world)
        world.step(name, token)

    assert world.journal.effects == effects
