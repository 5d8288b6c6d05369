"""Links into the AWS console, and those that an alarm's description brings."""

import json
import re
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from send_alerts.reading.notice import Link

# A line of its own, maybe of a list and in bold: `- **Runbook URL:** https://...`.
_LINE = re.compile(
    r"^\s*(?:[-*•]\s+)?\**(?P<name>severity|team|logs|impact|check"
    r"|(?:run|play)book(?:[ _-]?(?:url|link))?)\**\s*[:=]\**\s*(?P<value>\S.*?)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_WITHIN_A_SENTENCE = re.compile(r"\b(?:run|play)book: (?P<value>https?://\S+)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>|\"'\]]+")
_AFTER_AN_ADDRESS = ".,;:!?*"
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
    """`runbook: URL`, `severity: WORD`, `impact: TEXT` and the others, each on its own line.

    Also as markdown or JSON, or with line ends that a template has written as two characters.
    """
    text = _as_lines(text)
    found = {match["name"].lower(): match["value"] for match in _LINE.finditer(text)}
    named = next((value for name, value in found.items() if "book" in name), "")
    within = _WITHIN_A_SENTENCE.search(text)
    runbook = web_address(named) or _address_in(named or (within["value"] if within else ""))
    return Description(
        text=_LINE.sub("", text).strip(),
        runbook=runbook,
        runbook_place="" if runbook else named,
        severity=found.get("severity", "").lower(),
        team=found.get("team", ""),
        log_group=found.get("logs", ""),
        impact=found.get("impact", ""),
        check=found.get("check", ""),
    )


def _as_lines(text: str) -> str:
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if isinstance(values, dict):
        shown = [(name, value) for name, value in values.items() if value not in (None, "")]
        return "\n".join(f"{name}: {value}" for name, value in shown)
    return text if "\n" in text else text.replace("\\n", "\n")


def _address_in(text: str) -> str:
    """The first web address in a text, without the marks around it."""
    match = _ADDRESS.search(text)
    address = match[0].rstrip(_AFTER_AN_ADDRESS) if match else ""
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(_AFTER_AN_ADDRESS)
    return web_address(address)


def web_address(text: str) -> str:
    """The text if it is an http(s) address that can stand in a Slack link, else nothing."""
    address = quote(text, safe=":/?#[]@!$&'()*+,;=%~-._")
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def of_alarm(region: str, name: str, at: datetime, log_group: str = "") -> list[Link]:
    """The alarm's page, and its logs where their group is known."""
    page = Link("Alarm", f"{_cloudwatch(region)}#alarmsV2:alarm/{quote(name, safe='')}")
    return [page, logs(region, log_group, at)] if log_group else [page]


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
