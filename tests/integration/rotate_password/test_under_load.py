"""Clients open new connections all the time, with what their task read when it booted."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from local.app import AppStandIn
from local.database_login import connect
from ops_common.query_database import Login
from tests.integration.rotate_password.conftest import SERVICES, STEPS, Rotation

pytestmark = pytest.mark.every_postgres


@contextmanager
def clients(app: AppStandIn, ca_certificate: str) -> Iterator[list[bool]]:
    """Logins of every running task in turn, until the block ends: made or refused."""
    made: list[bool] = []
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(0.005):
            for login in app.logins():
                try:
                    connect(login, ca_certificate).close()
                    made.append(True)
                except psycopg.OperationalError:
                    made.append(False)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield made
    finally:
        ended.set()
        thread.join()


@pytest.fixture
def app(rotation: Rotation) -> AppStandIn:
    """The web tasks; each reads the secret once, at its start."""

    def read_login() -> Login:
        secret = rotation.aws.secret()
        user = secret.get("aurora_username", "jiki")
        return Login(rotation.database.address, user, secret["aurora_password"])

    app = AppStandIn(read_login, rotation.database.server.ca_certificate)
    rotation.ecs.run_tasks(SERVICES[0], app)
    return app


def test_no_login_fails_while_users_alternate(rotation: Rotation, app: AppStandIn) -> None:
    rotation.alternate()

    with clients(app, rotation.database.server.ca_certificate) as made:
        for _ in range(3):
            rotation.rotate()
            rotation.wait_for_rollouts()

    assert len(made) > 30
    assert all(made)


def test_logins_of_old_tasks_fail_with_a_single_user(rotation: Rotation, app: AppStandIn) -> None:
    token = rotation.begin()
    with clients(app, rotation.database.server.ca_certificate) as made:
        for step in STEPS[:2]:
            rotation.step(step, token)
        deadline = time.monotonic() + 10
        while all(made):
            time.sleep(0.01)
            assert time.monotonic() < deadline, "old tasks log in with a password that was changed"
        for step in STEPS[2:]:
            rotation.step(step, token)
    rotation.wait_for_rollouts()

    for login in app.logins():
        connect(login, rotation.database.server.ca_certificate).close()
