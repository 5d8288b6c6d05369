"""Trails of the account and of its organization (CloudTrail API Reference, DescribeTrails)."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from probe_deployment.cause import Cause
from probe_deployment.checks import audit_trail
from probe_deployment.finding import Finding, Status

OURS = {
    "Name": "account",
    "TrailARN": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/account",
    "IsMultiRegionTrail": True,
    "IsOrganizationTrail": False,
}
ORGANIZATION = {
    "Name": "org",
    "TrailARN": "arn:aws:cloudtrail:us-east-1:210987654321:trail/org",
    "IsMultiRegionTrail": True,
    "IsOrganizationTrail": True,
}


class CloudTrail:
    """Answers by ARN: whether it logs, or the code of a refusal."""

    def __init__(self, answers: dict[str, bool | str], trails: list[dict[str, Any]]) -> None:
        self._answers, self._trails = answers, trails

    def describe_trails(self) -> dict[str, Any]:
        return {"trailList": self._trails}

    def get_trail_status(self, Name: str) -> dict[str, bool]:  # noqa: N803  # boto3's
        answer = self._answers[Name.rpartition("/")[2]]
        if isinstance(answer, str):
            raise ClientError({"Error": {"Code": answer}}, "GetTrailStatus")
        return {"IsLogging": answer}


def found(answers: dict[str, bool | str], *trails: dict[str, Any]) -> Finding:
    context: Any = SimpleNamespace(client=lambda _: CloudTrail(answers, list(trails)))
    return audit_trail.check(context)


def test_an_organization_s_trail_that_logs_is_one() -> None:
    assert found({"org": True}, ORGANIZATION).status is Status.PASS


@pytest.mark.parametrize("code", audit_trail.NOT_FOR_MEMBERS)
def test_one_whose_status_is_not_for_members_is_unknown_and_no_failure(code: str) -> None:
    assert found({"org": code}, ORGANIZATION).status is Status.UNKNOWN
    assert found({"org": code, "account": True}, ORGANIZATION, OURS).status is Status.PASS


def test_a_refusal_about_a_trail_of_our_own_is_raised() -> None:
    with pytest.raises(ClientError):
        found({"account": "AccessDeniedException"}, OURS)


def test_a_trail_that_has_stopped_fails_and_so_does_none() -> None:
    stopped = found({"account": False}, OURS)
    assert (stopped.status, stopped.cause) == (Status.FAIL, Cause.STOPPED)
    assert stopped.subjects == ("account",)
    assert found({}).cause is Cause.NO_TRAIL
