"""What Slack's form says: who asks, from where, and in what words.

A slash command has fields of its own; a button's or a menu's form has the one field `payload`
(Slack developer docs, "Slash commands", "block_actions payload"). A button's value is a line of
the same words as a command's.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from answer_slack.refusal import Refusal, Refused

COMMAND = "/ops"
ACTION_PREFIX = "ops_"
"""The beginning of an `action_id` that is ours."""


@dataclass(frozen=True)
class Asked:
    """One command or click."""

    team: str
    app: str
    user: str
    user_name: str
    line: str
    response_url: str
    by_button: bool
    """A click is answered by its `response_url`, a command by the response itself."""


def read(body: str) -> Asked | None:
    """What is asked; None for Slack's check of the certificate. Raises Refused."""
    try:
        fields = parse_qs(body, keep_blank_values=True, strict_parsing=True, max_num_fields=50)
        form = {name: values[0] for name, values in fields.items()}
        if "ssl_check" in form and "payload" not in form and "command" not in form:
            return None
        return _clicked(json.loads(form["payload"])) if "payload" in form else _typed(form)
    except (LookupError, TypeError, ValueError, RecursionError):
        raise Refused(Refusal.MALFORMED) from None


def _typed(form: Mapping[str, str]) -> Asked:
    if form["command"].partition("-")[0] != COMMAND:
        raise ValueError("another command")
    return Asked(
        team=form["team_id"],
        app=form["api_app_id"],
        user=form["user_id"],
        user_name=form.get("user_name", ""),
        line=_as_typed(form.get("text", "")),
        response_url=form.get("response_url", ""),
        by_button=False,
    )


def _as_typed(text: str) -> str:
    """Slack escapes three characters of what people type ("Formatting text")."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _clicked(payload: Mapping[str, Any]) -> Asked:
    (action,) = payload["actions"]
    if payload["type"] != "block_actions" or not action["action_id"].startswith(ACTION_PREFIX):
        raise ValueError("another interaction")
    chosen = action["selected_option"] if action["type"] == "static_select" else action
    user = payload["user"]
    asked = Asked(
        team=payload["team"]["id"],
        app=payload["api_app_id"],
        user=user["id"],
        user_name=user.get("username") or user.get("name") or "",
        line=chosen["value"],
        response_url=payload.get("response_url", ""),
        by_button=True,
    )
    if not all(isinstance(value, str) for value in vars(asked).values() if value is not True):
        raise TypeError("a field that should be text is none")
    return asked
