"""What the account, the certificate and the load amount to."""

from datetime import timedelta

import pytest

from probe_deployment.cause import Cause
from probe_deployment.checks import app_secret, certificate, traffic
from probe_deployment.finding import Status
from tests.unit.probe_deployment.samples import NOW


@pytest.mark.parametrize(
    ("rotated_days_ago", "temporary", "cause"),
    [
        (1, True, Cause.TEMPORARY),
        (None, False, Cause.NEVER_ROTATED),
        (46, False, Cause.OLD),
    ],
)
def test_a_password_must_be_new_and_nobody_s_default(
    rotated_days_ago: int | None, temporary: bool, cause: Cause
) -> None:
    rotated = None if rotated_days_ago is None else NOW - timedelta(days=rotated_days_ago)
    finding = app_secret.judge_age(rotated, NOW, 45, temporary=temporary, remedy="rotate it")
    assert (finding.status, finding.cause) == (Status.FAIL, cause)


def test_a_password_of_the_last_day_allowed_passes() -> None:
    rotated = NOW - timedelta(days=45)
    finding = app_secret.judge_age(rotated, NOW, 45, temporary=False, remedy="")
    assert finding.status is Status.PASS


TERRAFORM = "terraform-20260101120000000100000001"


@pytest.mark.parametrize(
    ("stages", "status"),
    [
        ({TERRAFORM: ["AWSCURRENT"]}, Status.FAIL),
        ({TERRAFORM: ["AWSPREVIOUS"], "6f1c": ["AWSCURRENT"]}, Status.FAIL),
        ({"5e0b": ["AWSPREVIOUS"], "6f1c": ["AWSCURRENT"]}, Status.PASS),
        ({"5e0b": ["AWSCURRENT"], TERRAFORM: ["jiki-ops-before"]}, Status.PASS),
        ({}, Status.PASS),
    ],
)
def test_a_version_that_terraform_wrote_may_be_written_again(
    stages: dict[str, list[str]], status: Status
) -> None:
    assert app_secret.judge_writer(stages).status is status


def test_keys_are_judged_by_name_and_no_value_is_shown() -> None:
    content = {
        "whole": "MARKER1",
        "gone": "",
        "wrong": "sk_" + "test_MARKER2",
        "made_up": "Change-Me MARKER3",
        "number": 7,
    }
    troubles = app_secret.judge_keys(
        content, dict.fromkeys(content, "") | {"absent": "", "wrong": "sk_live_"}
    )
    assert {key: trouble.cause for key, trouble in troubles.items()} == {
        "gone": Cause.MISSING,
        "absent": Cause.MISSING,
        "made_up": Cause.PLACEHOLDER,
        "wrong": Cause.OTHER_BEGINNING,
    }
    assert "MARKER" not in str(troubles)


@pytest.mark.parametrize(("days", "status"), [(14, Status.PASS), (13, Status.FAIL)])
def test_a_certificate_needs_its_days(days: int, status: Status) -> None:
    finding = certificate.judge("api.jiki.io", NOW + timedelta(days=days), NOW, 14)
    assert finding.status is status


@pytest.mark.parametrize(
    ("requests", "errors", "p95", "status", "cause"),
    [
        (1000, 1, 1.0, "pass", None),
        (1000, 2, 0.1, "fail", Cause.ERRORS),
        (0, 5, 0.0, "fail", Cause.ERRORS),
        (1000, 0, 1.01, "fail", Cause.SLOW),
        (0, 0, 0.0, "skip", None),
    ],
)
def test_a_load_is_borne_with_few_errors_and_short_waits(
    requests: float, errors: float, p95: float, status: str, cause: Cause | None
) -> None:
    finding = traffic.judge_responses(requests=requests, errors=errors, p95_seconds=p95)
    assert (finding.status, finding.cause) == (status, cause)
