"""Links into the AWS console, and those that an alarm's description brings."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from send_alerts.reading.notice import Link

_LINE = re.compile(
    r"^\s*(runbook|severity|team|logs|impact|check)\s*:\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE
)
BEFORE = timedelta(minutes=15)
AFTER = timedelta(minutes=5)
PARTITIONS = (
    ("cn-", "aws-cn", "console.amazonaws.cn"),
    ("us-gov-", "aws-us-gov", "console.amazonaws-us-gov.com"),
)


class Description(NamedTuple):
    """An alarm's description, with the lines that are meant for this function taken out."""

    text: str
    runbook: str
    """A web address."""
    runbook_place: str
    """What the line names that is no web address: a path, a page's name."""
    severity: str
    team: str
    log_group: str
    impact: str
    check: str
    """A command."""


def read_description(text: str) -> Description:
    """`runbook: URL`, `severity: WORD`, `impact: TEXT` and the others, each on its own line."""
    found = {match[1].lower(): match[2] for match in _LINE.finditer(text)}
    return Description(
        text=_LINE.sub("", text).strip(),
        runbook=web_address(found.get("runbook", "")),
        runbook_place="" if web_address(found.get("runbook", "")) else found.get("runbook", ""),
        severity=found.get("severity", "").lower(),
        team=found.get("team", ""),
        log_group=found.get("logs", ""),
        impact=found.get("impact", ""),
        check=found.get("check", ""),
    )


def web_address(text: str) -> str:
    """The text if it is an http(s) address that can stand in a Slack link, else nothing."""
    address = quote(text, safe=":/?#[]@!$&'()*+,;=%~-._")
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def alarm(region: str, name: str) -> Link:
    """The alarm's page."""
    return Link("Alarm", f"{_cloudwatch(region)}#alarmsV2:alarm/{quote(name, safe='')}")


def logs(region: str, log_group: str, at: datetime) -> Link:
    """A Logs Insights query over the minutes around `at`."""
    query = "fields @timestamp, @message | sort @timestamp desc | limit 200"
    detail = (
        f"~(end~'{_star(_stamp(at + AFTER))}~start~'{_star(_stamp(at - BEFORE))}"
        f"~timeType~'ABSOLUTE~tz~'UTC~editorString~'{_star(query)}~source~(~'{_star(log_group)}))"
    )
    return Link("Logs", f"{_cloudwatch(region)}#logsV2:logs-insights$3FqueryDetail$3D{detail}")


def service(region: str, cluster: str, name: str) -> Link:
    """The ECS service's deployments."""
    path = f"/ecs/v2/clusters/{quote(cluster)}/services/{quote(name)}/deployments?region={region}"
    return Link("Service", f"{console(region)}{path}")


def partition(region: str) -> str:
    """The partition that a region is in (AWS General Reference, "Amazon Resource Names")."""
    return next((name for start, name, _ in PARTITIONS if region.startswith(start)), "aws")


def console(region: str) -> str:
    """The console's address in the region's partition."""
    domain = next((host for start, _, host in PARTITIONS if region.startswith(start)), "")
    return f"https://{domain or f'{region}.console.aws.amazon.com'}"


def _cloudwatch(region: str) -> str:
    return f"{console(region)}/cloudwatch/home?region={region}"


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _star(text: str) -> str:
    # The console writes a fragment's special characters as * and two hexadecimal digits.
    return "".join(
        char
        if char.isascii() and (char.isalnum() or char in "-._")
        else "".join(f"*{byte:02x}" for byte in char.encode())
        for char in text
    )
