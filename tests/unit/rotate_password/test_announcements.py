"""What people are told, word by word; docs/events.md shows the same fields."""

from datetime import UTC, datetime

import pytest

from ops_common.app_config import AppConfigError
from ops_common.ecs import ServiceNotFound
from ops_common.ops_events import OpsEvent, Severity, State
from ops_common.query_database import LoginRefused
from rotate_password import announcements
from rotate_password.guard import RolloutInProgress
from rotate_password.logins import PasswordLost
from rotate_password.request import BadRotation

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_a_rotation_by_turns() -> None:
    services = ("jiki-api-web", "jiki-api-solid-queue")

    assert announcements.rotated("config", "jiki_b", True, services, NOW) == OpsEvent(
        kind="PasswordRotated",
        state=State.NOTICE,
        severity=Severity.INFO,
        incident="rotation:config",
        title="Database password rotated: config",
        text="jiki_b logs in with a new password."
        " New tasks are starting for jiki-api-web and jiki-api-solid-queue.",
        occurred_at=NOW,
        facts={
            "secret": "config",
            "user": "jiki_b",
            "strategy": "alternating users",
            "redeployed": "jiki-api-web, jiki-api-solid-queue",
        },
    )


def test_a_rotation_of_one_user_without_services() -> None:
    event = announcements.rotated("config", "jiki", False, (), NOW)

    assert event.text == "jiki logs in with a new password."
    assert event.facts == {
        "secret": "config",
        "user": "jiki",
        "strategy": "single user",
        "redeployed": "",
    }


def test_an_edit() -> None:
    assert announcements.edited("config", "Somebody did.", NOW) == OpsEvent(
        kind="PasswordEdited",
        state=State.NOTICE,
        severity=Severity.WARNING,
        incident="rotation:config",
        title="Database password was edited by hand: config",
        text="Somebody did.",
        occurred_at=NOW,
        facts={"secret": "config"},
    )


def test_a_lost_password() -> None:
    event = announcements.failed("config", "setSecret", PasswordLost("None logs in."), NOW)

    assert event == OpsEvent(
        kind="PasswordLost",
        state=State.OPEN,
        severity=Severity.CRITICAL,
        incident="rotation:config",
        title="Database password lost: config",
        text="None logs in.",
        occurred_at=NOW,
        facts={"secret": "config"},
    )


def test_a_failed_step() -> None:
    event = announcements.failed("config", "testSecret", LoginRefused("db refused jiki"), NOW)

    assert event == OpsEvent(
        kind="RotationFailed",
        state=State.OPEN,
        severity=Severity.CRITICAL,
        incident="rotation:config",
        title="Database password not rotated: config",
        text="Step testSecret failed: db refused jiki",
        occurred_at=NOW,
        facts={"secret": "config", "step": "testSecret"},
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AppConfigError("no key"), "no key"),
        (BadRotation("out of turn"), "out of turn"),
        (RolloutInProgress("web still being deployed"), "web still being deployed"),
        (ServiceNotFound("no service web"), "no service web"),
    ],
)
def test_the_words_of_our_own_errors_are_passed_on(error: Exception, said: str) -> None:
    assert announcements.reason(error) == said
