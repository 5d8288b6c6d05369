"""A rotation beside a queue's URL of its own: another server, another user, another password."""

from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from rotate_password.words.cause import Cause
from tests.integration.rotate_password.conftest import Rotation, refused

URL = "QUEUE_DATABASE_URL"


@dataclass
class Beside:
    """The rotation, and the queue's URL before it."""

    rotation: Rotation
    url: str


@pytest.fixture
def beside(queue_elsewhere: psycopg.Connection[Any], rotation: Rotation) -> Beside:
    assert queue_elsewhere.info.dbname == "shop_queue"
    return Beside(rotation, rotation.aws.secret()[URL])


def test_the_queue_s_url_is_no_copy_and_stays_byte_for_byte(beside: Beside) -> None:
    rotation = beside.rotation
    old = rotation.aws.secret()["aurora_password"]
    assert "copies" not in {check for check, _ in rotation.findings()}

    rotation.rotate()

    new = rotation.aws.secret()
    assert new["aurora_password"] != old
    assert new[URL] == beside.url
    assert rotation.logs_in("jiki", new["aurora_password"])


def test_two_users_take_turns_beside_it(
    beside: Beside, queue_elsewhere: psycopg.Connection[Any]
) -> None:
    rotation = beside.rotation
    rotation.alternate()

    rotation.rotate()

    assert rotation.aws.secret()["aurora_username"] == "jiki_a"
    assert rotation.aws.secret()[URL] == beside.url
    roles = queue_elsewhere.execute("SELECT 1 FROM pg_roles WHERE rolname ~ '^jiki'").fetchall()
    assert roles == []


def test_the_app_s_password_in_it_stops_the_rotation_before_anything_changes(
    beside: Beside,
) -> None:
    # Which of the two servers it belongs to can't be known: an alias may name the app's own.
    rotation = beside.rotation
    old = rotation.aws.secret()["aurora_password"]
    url = f"postgres://shop_jobs:{old}@{beside.url.partition('@')[2]}"
    rotation.edit(**{URL: url})

    with refused(Cause.COPIES_LEFT):
        rotation.rotate()

    assert rotation.aws.secret()[URL] == url
    assert rotation.logs_in("jiki", old)
