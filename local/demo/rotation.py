"""The story of a password: rotated for one user, then for two who take turns."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cli.rotation import SIGNS
from local.account import WEB_SERVICE, WORKER_SERVICE
from local.demo.narrator import Narrator
from local.moto_aws import SECRET
from local.world import World
from ops_common.query_database import Login

SERVICES = (WEB_SERVICE, WORKER_SERVICE)
EDIT = {"stripe_webhook_secret": "made-up-and-added-meanwhile"}


def play(world: World, say: Narrator) -> None:
    """Both strategies, through the deployed functions."""
    say.title("Rotation: a new database password, and nothing else lost")
    _rehearsal(world, say)
    _single_user(world, say)
    _alternating_users(world, say)


def _rehearsal(world: World, say: Narrator) -> None:
    before = world.secret()
    password = before["aurora_password"]
    say.step(
        "A rehearsal checks everything and changes nothing (make rehearse). Somebody has put the"
        " password into a URL under another key as well, which a rotation would leave behind:"
    )
    _edit(world, {"database_url": f"postgres://{world.login().user}:{password}@db/jiki"})
    stopped = _rehearse(world)
    say.table(["", "Check", "Found", "Do"], _rows(stopped))
    say.expect("it would be stopped", held=not stopped["mayRotate"])
    _put(world, before)
    free = _rehearse(world)
    say.expect("without that key a rotation may begin", held=free["mayRotate"])
    say.expect("the password is as it was", held=world.secret() == before)


def _rehearse(world: World) -> dict[str, Any]:
    answer: dict[str, Any] = world.invoke(
        "RotatePassword", {"Step": "rehearse", "SecretId": SECRET}
    )
    return answer


def _rows(answer: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [
        (SIGNS[each["level"]], each["check"], each["observed"], each["remedy"])
        for each in answer["findings"]
    ]


def _single_user(world: World, say: Narrator) -> None:
    before, old = world.secret(), world.login()
    deployments = _deployments(world)
    say.step(f"{old.user} logs in with {old.password}, as the secret has it among other keys.")
    say.step("Secrets Manager's four steps, and an edit by a person before the last one:")
    answers = world.rotate(before_last=lambda: _edit(world, EDIT))
    say.table(["Step", "What it did"], [(a["step"], a["reason"]) for a in answers])

    after, new = world.secret(), world.login()
    say.table(
        ["", "before", "after"],
        [
            ("old password", "accepted", _said(world, old)),
            ("password in the secret", "accepted", _said(world, new)),
            *(
                (f"deployment of {name}", deployments[name], _deployments(world)[name])
                for name in SERVICES
            ),
            ("labels of versions", "AWSCURRENT", _labels(world)),
        ],
    )
    say.expect("the old password is refused", held=not world.accepts(old))
    say.expect("the new one is accepted", held=world.accepts(new))
    say.expect(
        "every other key is as it was, in its order, and the edit is there",
        held=list(after.items())
        == list((before | EDIT | {"aurora_password": new.password}).items()),
    )
    say.expect(
        "both services got one new deployment",
        held=all(deployments[name] != _deployments(world)[name] for name in SERVICES),
    )
    say.expect("nothing is left pending", held="AWSPENDING" not in _labels(world))
    say.expect("the new tasks are up", held=world.wait_for(lambda: _steady(world)))


def _alternating_users(world: World, say: Narrator) -> None:
    say.step("Two users are prepared, and the secret names the one that the app logs in as:")
    secret = world.client("secretsmanager").describe_secret(SecretId=SECRET)["ARN"]
    answer = world.invoke("RotatePassword", {"Step": "prepareRoles", "SecretId": secret})
    say.table(["Step", "What it did"], [(answer["step"], answer["reason"])])
    _edit(world, {"aurora_username": world.login().user})

    say.step("Three rotations, while clients log in all the time with what their task read:")
    rows: list[tuple[Any, ...]] = []
    with _clients(world) as clients:
        for number in range(1, 4):
            old = world.login()
            world.rotate()
            say.expect(
                f"rotation {number}: tasks with the last user still log in",
                held=world.accepts(old),
            )
            world.wait_for(lambda: _steady(world))
            rows.append((number, old.user, world.login().user))
    say.table(["Rotation", "from", "to"], rows)
    say.expect(
        f"none of {clients.tried} logins failed", held=not clients.failed and clients.tried > 0
    )
    say.expect(
        "the two users take turns", held=[row[2] for row in rows] == ["jiki_a", "jiki_b", "jiki_a"]
    )


@dataclass
class _Clients:
    """Logins with what running tasks read at their boot."""

    tried: int = 0
    failed: int = 0


@contextmanager
def _clients(world: World) -> Iterator[_Clients]:
    """Log in without a pause until the block ends."""
    clients, ended = _Clients(), threading.Event()

    def run() -> None:
        while not ended.wait(0.02):
            for login in world.app.logins():
                clients.tried += 1
                clients.failed += not world.accepts(login)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield clients
    finally:
        ended.set()
        thread.join()


def _edit(world: World, changes: dict[str, str]) -> None:
    """A person adds keys to the secret."""
    _put(world, world.secret() | changes)


def _put(world: World, content: dict[str, str]) -> None:
    text = json.dumps(content, ensure_ascii=False)
    world.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=text)


def _said(world: World, login: Login) -> str:
    return "accepted" if world.accepts(login) else "refused"


def _deployments(world: World) -> dict[str, str]:
    return {name: world.ecs.service(name).primary.id for name in SERVICES}


def _labels(world: World) -> str:
    described = world.client("secretsmanager").describe_secret(SecretId=SECRET)
    return " · ".join(
        " + ".join(sorted(labels)) for labels in described["VersionIdsToStages"].values() if labels
    )


def _steady(world: World) -> bool:
    services = world.client("ecs").describe_services(
        cluster=world.ecs.cluster, services=list(SERVICES)
    )["services"]
    return all(
        len(service["deployments"]) == 1
        and service["deployments"][0]["rolloutState"] == "COMPLETED"
        for service in services
    )
