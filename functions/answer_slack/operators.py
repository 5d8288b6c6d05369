"""Who may act: the ids of people, and the members of Slack's user groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

GROUP = "S"
"""What the id of a user group begins with; a person's begins with U or W."""


class NotKnown(Exception):
    """Slack did not say who is in a group; the message says why."""


class Groups(Protocol):
    """The port; tests give a dictionary's."""

    def members(self, group: str) -> Sequence[str]:
        """The people in a user group. Raises NotKnown."""


class SlackGroups:
    """Groups as Slack answers (usergroups.users.list, scope usergroups:read)."""

    def __init__(self, token: str, api_url: str, timeout_seconds: int) -> None:
        self._client = WebClient(
            token, base_url=api_url, timeout=timeout_seconds, retry_handlers=[]
        )

    def members(self, group: str) -> Sequence[str]:
        """See Groups."""
        try:
            answer = self._client.usergroups_users_list(usergroup=group)
        except (SlackClientError, OSError) as error:
            code = getattr(error, "response", {}) or {}
            reason = code.get("error") or type(error).__name__
            raise NotKnown(f"Slack does not say who is in {group}: {reason}") from None
        return [str(user) for user in answer["users"]]


@dataclass(frozen=True)
class Operators:
    """Those who may act; anybody may ask."""

    ids: tuple[str, ...]

    def include(self, user: str, groups: Groups | None) -> bool:
        """Whether a person may act. Raises NotKnown."""
        if user in (one for one in self.ids if not one.startswith(GROUP)):
            return True
        if groups is None:
            return False
        return any(user in groups.members(one) for one in self.ids if one.startswith(GROUP))
