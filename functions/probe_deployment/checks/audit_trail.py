"""Readiness of the audit trail."""

from botocore.exceptions import ClientError

from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding

NOT_FOR_MEMBERS = ("AccessDeniedException", "AccessDenied", "TrailNotFoundException")
"""What GetTrailStatus may answer a member account about a trail of its organization."""


def check(context: Context) -> Finding:
    """A CloudTrail trail of all regions is logging."""
    client = context.client("cloudtrail")
    expected = "a trail of all regions that logs"
    trails = [
        trail for trail in client.describe_trails()["trailList"] if trail.get("IsMultiRegionTrail")
    ]
    if not trails:
        return Finding.failed(
            "no trail of all regions",
            expected,
            "aws cloudtrail create-trail --name account --is-multi-region-trail --s3-bucket-name"
            " BUCKET && aws cloudtrail start-logging --name account (how to make the bucket: docs/"
            "probes.md, 'Audit trail')",
            cause=Cause.NO_TRAIL,
        )
    hidden = []
    for trail in trails:
        whose = "the organization's trail " if trail.get("IsOrganizationTrail") else ""
        name = f"{whose}{trail['Name']}"
        try:
            if client.get_trail_status(Name=trail["TrailARN"])["IsLogging"]:
                return Finding.passed(f"{name} logs", expected)
        except ClientError as error:
            if not whose or error.response["Error"]["Code"] not in NOT_FOR_MEMBERS:
                raise
            hidden.append(name)
    if hidden:
        return Finding.unknown(
            f"{hidden[0]} doesn't show this account whether it logs",
            expected,
            "ask in the management account: aws cloudtrail get-trail-status",
            subjects=hidden,
        )
    stopped = trails[0]
    return Finding.failed(
        f"{stopped['Name']} has stopped",
        expected,
        f"aws cloudtrail start-logging --name {stopped['TrailARN']}",
        cause=Cause.STOPPED,
        subjects=(stopped["Name"],),
    )
