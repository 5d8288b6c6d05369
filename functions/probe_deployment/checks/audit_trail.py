"""Readiness of the audit trail."""

from probe_deployment.context import Context
from probe_deployment.finding import Finding


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
        )
    for trail in trails:
        if client.get_trail_status(Name=trail["TrailARN"])["IsLogging"]:
            return Finding.passed(f"{trail['Name']} logs", expected)
    name = trails[0]["Name"]
    return Finding.failed(
        f"{name} has stopped",
        expected,
        f"aws cloudtrail start-logging --name {trails[0]['TrailARN']}",
    )
