"""Whole rotations where the server speaks another language, or PgBouncer is in front of it."""

import subprocess
from collections.abc import Iterator
from copy import replace

import pytest

from local.pgbouncer import available, run_pgbouncer
from local.postgres import PostgresServer, available_kinds
from rotate_password.words.cause import Cause
from tests.integration.rotate_password.conftest import Rotation, refused

pytestmark = pytest.mark.skipif(
    "system" not in available_kinds(), reason="needs the system's PostgreSQL, with its languages"
)
PGBOUNCER = "PgBouncer"


@pytest.fixture(scope="module", params=("de_DE.UTF-8", "fr_FR.UTF-8", PGBOUNCER))
def elsewhere(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    if request.param == PGBOUNCER:
        if not available():
            pytest.skip("no PgBouncer here (Debian's package pgbouncer)")
        with PostgresServer.start("system") as server, run_pgbouncer(server) as port:
            yield replace(server, port=port)
        return
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout
    if request.param.replace("UTF-8", "utf8") not in known.split():
        pytest.skip(f"no locale {request.param} here (.ci/run makes it)")
    with PostgresServer.start("system", settings={"lc_messages": request.param}) as server:
        yield server


@pytest.fixture
def postgres(request: pytest.FixtureRequest, elsewhere: PostgresServer) -> PostgresServer:
    """In place of the ordinary server."""
    assert request.param
    return elsewhere


def test_one_user_is_rotated(rotation: Rotation) -> None:
    old = rotation.aws.secret()["aurora_password"]

    rotation.rotate()

    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])
    assert not rotation.logs_in("jiki", old)


def test_two_users_take_turns(rotation: Rotation) -> None:
    rotation.alternate()
    users = []
    for _ in range(3):
        rotation.rotate()
        rotation.wait_for_rollouts()
        secret = rotation.aws.secret()
        assert rotation.logs_in(secret["aurora_username"], secret["aurora_password"])
        users.append(secret["aurora_username"])

    assert users == ["jiki_a", "jiki_b", "jiki_a"]


def test_a_mistyped_password_is_a_refusal_and_no_outage(rotation: Rotation) -> None:
    rotation.rotate()
    rotation.wait_for_rollouts()
    rotation.edit(aurora_password="wr0ng-Marker")

    rotation.rotate()

    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])
    assert "PasswordEdited" in [each["detail-type"] for each in rotation.aws.published_events()]


def test_a_password_that_nobody_knows_is_lost_and_no_outage(rotation: Rotation) -> None:
    rotation.database.server.set_password("jiki", "nobody-knows-this-one")
    token = rotation.begin()
    rotation.step("create_secret", token)

    with refused(Cause.PASSWORD_LOST):
        rotation.step("set_secret", token)


def test_a_pooler_is_seen_by_a_rehearsal(
    rotation: Rotation, elsewhere: PostgresServer, request: pytest.FixtureRequest
) -> None:
    findings = rotation.step("rehearse")["findings"]

    pooled = request.node.callspec.params["elsewhere"] == PGBOUNCER
    assert ("login", "note") in [(each["check"], each["level"]) for each in findings] or not pooled
    assert rotation.step("rehearse")["mayRotate"]
