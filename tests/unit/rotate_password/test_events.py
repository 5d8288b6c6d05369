"""What people are told, word by word; docs/events.md shows the same fields."""

from datetime import UTC, datetime, timedelta

import pytest

from ops_common.ecs import ServiceNotFound
from ops_common.ops_events import OpsEvent, Severity, State
from ops_common.query_database import LoginRefused
from paths import ROOT
from rotate_password.adapters.master_reset import PasswordLost, Reset
from rotate_password.adapters.secret import SecretState
from rotate_password.conditions.expiry import PasswordExpired
from rotate_password.conditions.redeploy import RedeployFailed
from rotate_password.conditions.turns import UserBlocked
from rotate_password.words import events
from rotate_password.words.cause import Cause

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_a_rotation_by_turns() -> None:
    services = ("jiki-api-web", "jiki-api-solid-queue")

    assert events.rotated("config", "jiki_b", True, services, NOW) == OpsEvent(
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


@pytest.mark.parametrize(
    ("days", "severity"), [(None, Severity.INFO), (40, Severity.WARNING), (400, Severity.INFO)]
)
def test_a_password_that_ends_before_the_rotation_after_next_is_a_warning(
    days: int | None, severity: Severity
) -> None:
    until = None if days is None else NOW + timedelta(days=days)

    event = events.rotated("config", "jiki", False, (), NOW, until)

    assert event.severity is severity
    assert event.facts.get("valid_until") == (until and until.isoformat())


@pytest.mark.parametrize(
    ("error", "statement"),
    [
        (PasswordExpired("jiki", NOW), "ALTER ROLE jiki VALID UNTIL 'infinity'"),
        (UserBlocked("jiki"), "ALTER ROLE jiki LOGIN"),
    ],
)
def test_a_role_that_can_not_log_in_comes_with_the_statement(
    error: Exception, statement: str
) -> None:
    assert events.failed("config", "setSecret", error, NOW).facts["statement"] == statement


def test_a_rotation_of_one_user_without_services() -> None:
    event = events.rotated("config", "jiki", False, (), NOW)

    assert event.facts == {
        "secret": "config",
        "user": "jiki",
        "strategy": "single user",
        "redeployed": "",
    }


def test_an_edit() -> None:
    state = SecretState("arn", "config", {"AWSCURRENT": "v1"}, NOW)

    event = events.edited(state, NOW)

    assert (event.kind, event.state, event.severity, event.incident) == (
        "PasswordEdited",
        State.NOTICE,
        Severity.WARNING,
        "rotation:config",
    )
    assert event.facts == {"secret": "config", "version": "v1"}


def test_a_drift_names_the_version_that_is_accepted() -> None:
    state = SecretState("arn", "config", {"AWSCURRENT": "v1", "ROTATION_TO": "v0"}, NOW)

    event = events.drifted(state, "v0", NOW)

    assert event.facts == {"secret": "config", "version": "v0"}


def test_a_refused_redeployment_names_who_has_new_tasks_and_who_has_not() -> None:
    error = RedeployFailed(("worker",), {"web": ServiceNotFound("c", "web")})

    event = events.failed("config", "finishSecret", error, NOW)

    assert event.severity == Severity.CRITICAL
    assert event.facts["redeployed"] == "worker"
    assert event.facts["not_redeployed"] == "web"


def test_a_lost_password() -> None:
    event = events.failed(
        "config", "setSecret", PasswordLost(Reset.NOT_ALLOWED, "None logs in."), NOW
    )

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
    event = events.failed("config", "testSecret", LoginRefused("db refused jiki"), NOW)

    assert event == OpsEvent(
        kind="RotationFailed",
        state=State.OPEN,
        severity=Severity.CRITICAL,
        incident="rotation:config",
        title="Database password not rotated: config",
        text="Step testSecret failed: db refused jiki",
        occurred_at=NOW,
        facts={"secret": "config", "step": "testSecret", "cause": "login_refused"},
    )


def test_every_cause_is_on_the_page() -> None:
    page = (ROOT / "docs" / "events.md").read_text()
    # An event of its own says that the password is lost.
    causes = set(Cause) - {Cause.PASSWORD_LOST}
    assert {cause for cause in causes if f"`{cause}`" not in page} == set()
