"""Every side effect of a rotation × a death right before or after it: the same end.

The tables below are the side effects that docs/rotation.md lists. A rotation that does anything
else, or in another order, fails the first test.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.unit.rotate_password.memory import Killed
from tests.unit.rotate_password.world import SERVICES, STEPS, MemoryMaster, World

CREATE = ["move ROTATION_FROM", "move ROTATION_BASE", "put AWSPENDING"]
SET = ["move ROTATION_TO", "set password"]
EDIT = ["publish PasswordEdited", "put ROTATION_MERGED"]
FINISH = [
    "move AWSCURRENT",
    "redeploy jiki-api-web",
    "redeploy jiki-api-solid-queue",
    "publish PasswordRotated",
    "move AWSPENDING",
]
PLAIN = [*CREATE, *SET, *FINISH]
EDITED = [*CREATE, *SET, *EDIT, *FINISH]
DRIFTED = [*CREATE, "publish PasswordEdited", *SET, *FINISH]
RESET = ["move ROTATION_TO", "publish PasswordLost", "reset master", "move ROTATION_RESET"]
LOST = [*CREATE[1:], *RESET, *FINISH]
# People may be told twice; and no label is put where the retry finds that nothing is to be reset.
REPEATABLE = ("publish", "move ROTATION_RESET")
CREDENTIALS = {"aurora_password", "aurora_username"}


def nothing(world: World) -> None:
    """Nobody meddles."""


def edit(world: World) -> None:
    """A person adds one key and changes the password, once the pending version is there."""
    if "AWSPENDING" in world.secret.labels and "stripe" not in world.secret.text():
        world.secret.edit(stripe_webhook_secret="whsec_1", aurora_password="by hand")


def mistype(world: World) -> None:
    """A person has put a password into the secret that the database doesn't know."""
    world.secret.edit(aurora_password="by hand")


def lose(world: World) -> None:
    """The master's password is known to nobody, and may be reset."""
    world.database.roles["jiki"] = "nobody knows"
    world.master = MemoryMaster(world.database)


@dataclass(frozen=True)
class Scenario:
    """What happens to whom, and the side effects of a rotation then."""

    effects: list[str]
    alternating: bool = False
    before: Callable[[World], None] = nothing
    meanwhile: Callable[[World], None] = nothing
    """Between testSecret and finishSecret."""

    def world(self) -> World:
        world = World(alternating=self.alternating)
        self.before(world)
        return world

    def run(self, world: World, token: str, times: int = 1) -> None:
        """All four steps, each so many times."""
        for name in STEPS:
            for _ in range(times):
                world.step(name, token)
            if name == "testSecret":
                self.meanwhile(world)


SCENARIOS = {
    "single user": Scenario(PLAIN),
    "single user, edited": Scenario(EDITED, meanwhile=edit),
    "single user, drifted": Scenario(DRIFTED, before=mistype),
    "single user, lost": Scenario(LOST, before=lose),
    "alternating users": Scenario(PLAIN, alternating=True),
    "alternating users, edited": Scenario(EDITED, alternating=True, meanwhile=edit),
    "alternating users, drifted": Scenario(DRIFTED, alternating=True, before=mistype),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_side_effects_are_those_of_the_table(name: str) -> None:
    scenario = SCENARIOS[name]
    world = scenario.world()

    scenario.run(world, world.secret.begin_rotation())

    assert world.journal.effects == scenario.effects


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("name", "effect"),
    [(name, effect) for name, scenario in SCENARIOS.items() for effect in scenario.effects],
)
def test_a_rotation_killed_at_any_side_effect_ends_the_same_when_tried_again(
    name: str, effect: str, moment: str
) -> None:
    # GIVEN a process that dies right before or after one of its side effects
    scenario = SCENARIOS[name]
    world = scenario.world()
    before, roles = json.loads(world.secret.text()), dict(world.database.roles)
    token = world.secret.begin_rotation()
    world.journal.kill = (effect, moment)
    with pytest.raises(Killed):
        scenario.run(world, token)

    # THEN no role has got a password that no labelled version of the secret holds
    assert set(world.database.roles.values()) <= set(roles.values()) | passwords(world)

    # WHEN Secrets Manager tries again, from the first step on
    scenario.run(world, token)

    # THEN the app's credentials log in, and all other keys are there
    after = json.loads(world.secret.text())
    assert world.database.roles[world.current().user] == world.current().password
    assert after["aurora_password"] not in ("first", "by hand")
    assert after.get("aurora_username") == ("jiki_b" if scenario.alternating else None)
    kept = before | ({"stripe_webhook_secret": "whsec_1"} if scenario.meanwhile is edit else {})
    assert others(after) == others(kept)
    # AND each service has been redeployed once, after the password became current
    assert {len(world.services.deployed[service]) for service in SERVICES} == {2}
    # AND every side effect was made once, but that people may have been told twice
    once = [effect for effect in scenario.effects if not effect.startswith(REPEATABLE)]
    assert [e for e in world.journal.effects if not e.startswith(REPEATABLE)] == once
    assert 1 <= len(world.told("PasswordRotated")) <= 2
    # AND nothing is pending, so that the next rotation is accepted and works
    assert "AWSPENDING" not in world.secret.labels
    world.rotate()
    assert world.database.roles[world.current().user] == world.current().password


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_step_done_twice_changes_nothing_more(name: str) -> None:
    scenario = SCENARIOS[name]
    world = scenario.world()

    scenario.run(world, world.secret.begin_rotation(), times=2)

    assert world.journal.effects == scenario.effects


def passwords(world: World) -> set[str]:
    """Those in the versions that carry a label; Secrets Manager may delete the others."""
    texts = [world.secret.versions[version] for version in world.secret.labels.values()]
    return {json.loads(text)["aurora_password"] for text in texts if text}


def others(content: dict[str, str]) -> list[tuple[str, str]]:
    """All but the credentials, in their order."""
    return [(key, value) for key, value in content.items() if key not in CREDENTIALS]
