"""A marker password is set, rotated and typed, and looked for in all that comes out."""

import io
import logging
from collections.abc import Iterator

import pytest

from local.moto_aws import SECRET_CONTENT, TEMPORARY_PASSWORD
from ops_common.observability import logger
from rotate_password.failure import StepFailed
from tests.integration.rotate_password.conftest import STEPS, Rotation


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that our logger, or anybody's at INFO and above, writes into the functions' logs."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)
    logger.removeHandler(handler)


@pytest.mark.every_postgres
@pytest.mark.parametrize("strategy", ["single user", "alternating users"])
def test_a_password_appears_in_nothing_that_comes_out(
    strategy: str,
    rotation: Rotation,
    log: io.StringIO,
) -> None:
    """Logs (metrics are in them), events, answers, exceptions, the server's log of statements."""
    if strategy == "alternating users":
        rotation.alternate()
    passwords = [TEMPORARY_PASSWORD]
    raised: list[Exception] = []

    # WHEN a rotation fails in three ways, and then succeeds
    token = rotation.begin()
    rotation.step("create_secret", token)
    passwords.append(rotation.aws.secret("AWSPENDING")["aurora_password"])
    _fails(rotation, "test_secret", token, raised)
    rotation.aws.put_config(aurora_port="1")
    _fails(rotation, "set_secret", token, raised)
    rotation.aws.put_config(aurora_port=str(rotation.database.address.port))
    rotation.edit(aurora_password="typed-by-a-person")
    passwords.append("typed-by-a-person")
    for name in STEPS[:3]:
        rotation.step(name, token)
    rotation.ecs.fail_next("InvalidParameterException", "?", operation="UpdateService")
    _fails(rotation, "finish_secret", token, raised)
    rotation.step("finish_secret", token)
    assert rotation.aws.secret()["aurora_password"] == passwords[1]

    # THEN none of the passwords, and no other value of the secret, is to be found
    places = {
        "logs of the functions": log.getvalue(),
        "answers": str(rotation.answers),
        "exceptions": "".join(_everything_said_by(error) for error in raised),
        "events": str(rotation.aws.published_events()),
        "log of the server": rotation.database.server.log_text(),
    }
    assert all(places.values()), "nothing to look at in one of the places"
    assert "step failed" in places["logs of the functions"]
    assert len(raised) == 3
    for value in (*passwords, SECRET_CONTENT["stripe_secret_key"]):
        assert [place for place, text in places.items() if value in text] == []


def _fails(rotation: Rotation, step: str, token: str, raised: list[Exception]) -> None:
    with pytest.raises(StepFailed) as caught:
        rotation.step(step, token)
    raised.append(caught.value)


def _everything_said_by(error: BaseException | None) -> str:
    """What any tool may print of an exception, its suppressed context included."""
    if error is None:
        return ""
    return f"{error!r}{error}{error.__dict__}" + _everything_said_by(error.__context__)
