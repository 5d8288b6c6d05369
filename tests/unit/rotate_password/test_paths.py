"""Crashes × what people do × the strategies × tried again by the same or another token.

Played in full, not drawn: a rotation dies right before or after one of its side effects, or lives,
while people do up to two things to the secret at any of its moments; then it is tried again. By
AWS's rules: a rotation whose AWSPENDING is still there is tried again with its own token, and only
without it may another one begin.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import product

from rotate_password.adapters.secret import CURRENT, PENDING, PREVIOUS
from rotate_password.conditions.outcome import Outcome
from tests.unit.rotate_password.memory import Killed
from tests.unit.rotate_password.world import STEPS, World

CREATE = ["move ROTATION_FROM", "move ROTATION_BASE", "put AWSPENDING"]
SET = ["move ROTATION_TO", "set password"]
FINISH = ["move AWSCURRENT", "redeploy jiki-api-web", "publish PasswordRotated", "move AWSPENDING"]
MOMENTS = [*CREATE, *SET, *FINISH]

type Act = Callable[[World], None]


def edit_another_key(world: World) -> None:
    """Somebody adds a key."""
    world.secret.edit(**{f"key_{len(world.secret.versions)}": "value"})


def save_a_text_of_before(world: World) -> None:
    """Somebody saves what was read before the rotation."""
    world.secret.edit(**json.loads(world.secret.versions["v0"] or ""))


def mistype_the_password(world: World) -> None:
    """Somebody puts a password into the secret that the database doesn't know."""
    world.secret.edit(aurora_password="typed by hand")


def clean_up(world: World) -> None:
    """AWSPENDING is removed, as AWS's troubleshooting page says."""
    world.secret.labels.pop(PENDING, None)


def move_back(world: World) -> None:
    """AWSCURRENT is moved back to the version before, as after a bad deployment."""
    previous = world.secret.labels.get(PREVIOUS)
    if previous:
        world.secret.move(CURRENT, source=world.secret.labels[CURRENT], target=previous)


def change_it_by_hand(world: World) -> None:
    """Somebody gives the current user a password of their own, in the database and the secret."""
    user = json.loads(world.secret.text()).get("aurora_username", "jiki")
    world.database.roles[user] = "of their own"
    world.secret.edit(aurora_password="of their own")


def take_out_the_user(world: World) -> None:
    """Somebody removes the key that names the user, if there is one."""
    content = json.loads(world.secret.text())
    content.pop("aurora_username", None)
    world.secret.edit()
    world.secret.versions[world.secret.labels[CURRENT]] = json.dumps(content)


def take_out_the_password(world: World) -> None:
    """Somebody removes the key of the password, by mistake."""
    content = json.loads(world.secret.text())
    content.pop("aurora_password", None)
    world.secret.edit()
    world.secret.versions[world.secret.labels[CURRENT]] = json.dumps(content)


ACTS: tuple[Act, ...] = (
    edit_another_key,
    save_a_text_of_before,
    mistype_the_password,
    clean_up,
    move_back,
    change_it_by_hand,
    take_out_the_user,
    take_out_the_password,
)


class Strategy(Enum):
    """Whose password is rotated."""

    ONE_USER = auto()
    FIRST_TURN = auto()
    """From the user before to the pair."""
    TAKING_TURNS = auto()


@dataclass(frozen=True)
class Path:
    """One history: where the process dies, and what people do when."""

    strategy: Strategy
    crash: tuple[str, str] | None
    acts: tuple[tuple[str, Act], ...]
    """What is done right after a side effect, or, where the process died before it, after that."""
    new_token: bool

    def __str__(self) -> str:
        acts = ", ".join(f"{act.__name__} after {moment}" for moment, act in self.acts)
        return f"{self.strategy} {self.crash=} {acts} {self.new_token=}"


def paths() -> Iterator[Path]:
    """All with one act; with two where the process lives, or dies once the password is changed."""
    crashes = [None, *product(MOMENTS, ("before", "after"))]
    for strategy, new_token in product(Strategy, (False, True)):
        for crash, act, moment in product(crashes, ACTS, MOMENTS):
            yield Path(strategy, crash, ((moment, act),), new_token)
        for crash, first, second in product((None, ("set password", "after")), ACTS, ACTS):
            for moment in ("set password", "move AWSCURRENT", "move AWSPENDING"):
                acts = ((moment, first), (moment, second))
                yield Path(strategy, crash, acts, new_token)


def play(path: Path) -> tuple[World, bool]:
    """The whole history; how the world is then, and whether the last try said success."""
    world = World(alternating=path.strategy is Strategy.TAKING_TURNS)
    if path.strategy is Strategy.FIRST_TURN:
        world.secret.edit(aurora_username="jiki")
    left = list(path.acts)

    def act(moment: str) -> None:
        while due := next((each for each in left if each[0] == moment), None):
            # Moving a label back is a moment of its own, at which the next one may be due.
            left.remove(due)
            due[1](world)

    configure(world)
    world.journal.after = act
    world.journal.kill = path.crash
    token = world.secret.begin_rotation()
    try_to_rotate(world, token)
    for moment, _ in tuple(left):
        act(moment)
    world.journal.after = None
    world.journal.kill = None
    success = try_to_rotate(world, begin(world, token, new=path.new_token))
    return world, success


def configure(world: World) -> None:
    """What Secrets Manager does when a rotation is configured: testSecret, with a copy."""
    copy = world.secret.begin_rotation()
    world.secret.versions[copy] = world.secret.text()
    world.step("testSecret", copy)
    del world.secret.labels[PENDING]


def begin(world: World, token: str, *, new: bool) -> str:
    """The token that Secrets Manager goes on with."""
    pending = world.secret.labels.get(PENDING)
    if pending not in (None, world.secret.labels[CURRENT]):
        return pending
    return world.secret.begin_rotation() if new or pending is None else token


def try_to_rotate(world: World, token: str) -> bool:
    """The steps in their order, up to the first one that fails; whether they say success."""
    try:
        for name in STEPS:
            done = world.step(name, token)
    except (Exception, Killed):  # noqa: BLE001  # Secrets Manager tries again, whatever it was
        return False
    return done.outcome in (Outcome.ROTATED, Outcome.ROTATED_BEFORE)


def test_no_path_loses_the_password_or_ends_in_a_false_success() -> None:
    verdicts = {str(path): verdict(path) for path in paths()}

    assert len(verdicts) > 10_000
    assert {path: bad for path, bad in verdicts.items() if bad} == {}


def verdict(path: Path) -> str:
    """What is wrong at the end of a path; empty where nothing is."""
    world, success = play(path)
    if success and not current_logs_in(world):
        return "says success with a refused password"
    if not any_labelled_logs_in(world):
        return "no labelled version logs in"
    # It is rotated for good: Secrets Manager goes on, and begins again next month.
    put_a_password_back(world)
    token = str(uuid.uuid4())
    for _ in range(3):
        token = begin(world, token, new=True)
        try_to_rotate(world, token)
    return "" if current_logs_in(world) else "can't be rotated again"


def put_a_password_back(world: World) -> None:
    """What createSecret asks for where the key is gone; any text will do."""
    if "aurora_password" not in world.content():
        world.secret.edit(aurora_password="not the one")


def current_logs_in(world: World) -> bool:
    """Whether what the app reads is accepted."""
    return logs_in(world, world.secret.labels[CURRENT])


def any_labelled_logs_in(world: World) -> bool:
    """Whether some labelled version is accepted."""
    return any(logs_in(world, version) for version in world.secret.labels.values())


def logs_in(world: World, version: str) -> bool:
    """Whether a version's user and password are those of the database."""
    content = json.loads(world.secret.versions.get(version) or "{}")
    user = content.get("aurora_username", "jiki")
    return world.database.roles.get(user) == content.get("aurora_password")
