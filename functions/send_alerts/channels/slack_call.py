"""One call of Slack's Web API, its failure by its kind."""

from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from slack_sdk.errors import SlackApiError

from send_alerts.channels.slack_failures import of_answer, of_exception


def call(method: Callable[..., Any], **arguments: Any) -> Any:
    """Slack's answer. Raises SlackFailure."""
    try:
        return method(**arguments)
    except SlackApiError as error:
        answer = error.response
        code = str(answer.get("error", "")) if isinstance(answer.data, dict) else ""
        needed = str(answer.get("needed") or "") if code else ""
        detail = f"needs {needed}" if needed else ""
        raise of_answer(answer.status_code, code, answer.headers, detail) from None
    except (OSError, HTTPException) as error:
        raise of_exception(error) from None
