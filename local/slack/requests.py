"""What Slack sends to an app: slash commands and clicks, signed, and as a function URL gives them.

Slack developer docs, "Slash commands", "block_actions payload" and "Verifying requests from Slack";
Lambda Developer Guide, "Invoking Lambda function URLs" (payload format 2.0).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

SIGNING_SECRET = f"{0x10CA1:032x}"  # of no app
TEAM, APP = "T0JIKIOPS", "A0JIKIOPS"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Person:
    """Who types and clicks."""

    id: str
    name: str


ANA, BEN, EVE = Person("U0ANA", "ana"), Person("U0BEN", "ben"), Person("U0EVE", "eve")
PEOPLE = (ANA, BEN, EVE)


def command(text: str, person: Person = ANA, **changed: str) -> str:
    """The form of `/ops TEXT`."""
    form = {
        "token": "legacy",
        "team_id": TEAM,
        "team_domain": "jiki-local",
        "channel_id": "C0JIKIOPS",
        "channel_name": "ops",
        "user_id": person.id,
        "user_name": person.name,
        "command": "/ops",
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0JIKIOPS/1/once",
        "trigger_id": "1.2.3",
    }
    return urlencode(form | changed)


def click(
    element: Mapping[str, Any],
    person: Person = ANA,
    *,
    value: str = "",
    message: Mapping[str, Any] | None = None,
    response_url: str = "https://hooks.slack.com/actions/T0JIKIOPS/1/once",
    **changed: Any,
) -> str:
    """The form of a click on a button, or of a choice (`value`) in a menu of a message."""
    action = {"action_id": element["action_id"], "block_id": "b", "type": element["type"]}
    if element["type"] == "static_select":
        options = [*element.get("options", ())]
        for group in element.get("option_groups", ()):
            options += group["options"]
        action["selected_option"] = next(one for one in options if one["value"] == value)
    else:
        action["value"] = element["value"]
    payload = {
        "type": "block_actions",
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM},
        "api_app_id": APP,
        "token": "legacy",
        "container": {"type": "message", "channel_id": "C0JIKIOPS", "is_ephemeral": False},
        "trigger_id": "1.2.3",
        "team": {"id": TEAM, "domain": "jiki-local"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "C0JIKIOPS", "name": "ops"},
        "message": dict(message or {}),
        "response_url": response_url,
        "actions": [action | {"action_ts": "1764321000.000001"}],
    }
    return urlencode({"payload": json.dumps(payload | changed)})


def signed(body: str, at: datetime, secret: str = SIGNING_SECRET) -> dict[str, str]:
    """The headers that Slack sends with a body."""
    timestamp = str(int(at.timestamp()))
    text = f"v0:{timestamp}:{body}".encode()
    return {
        "content-type": FORM,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": "v0=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest(),
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }


def resigned(event: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A function URL's event as if Slack had just sent it: a file's signature is long too late."""
    body = base64.b64decode(event["body"]).decode()
    return {**event, "headers": {**event["headers"], **signed(body, at)}}


def function_url_event(body: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """The event that a function URL makes of a post; a form is binary to it."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"host": "abc.lambda-url.eu-west-1.on.aws", **headers},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abc",
            "domainName": "abc.lambda-url.eu-west-1.on.aws",
            "http": {
                "method": "POST",
                "path": "/",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": "7f3e9f5c-7b2f-4d0c-9b4e-1d9a6f0f1f11",
            "routeKey": "$default",
            "stage": "$default",
            "time": "28/Nov/2026:09:00:00 +0000",
            "timeEpoch": 1795856400000,
        },
        "body": base64.b64encode(body.encode()).decode(),
        "isBase64Encoded": True,
    }
