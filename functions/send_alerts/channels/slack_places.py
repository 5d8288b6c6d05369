"""Which channels the bot is in, and which user groups there are."""

import time
from collections.abc import Mapping

from slack_sdk import WebClient

from ops_common.observability import logger
from send_alerts.channels.slack_call import call
from send_alerts.channels.slack_failures import SlackBroken, SlackFailure

ASKED_AGAIN_SECONDS = 300


class SlackPlaces:
    """The workspace around the messages.

    Scopes: usergroups:read for the groups; for channels those of BotSlack, and channels:read
    (groups:read) to see that one is archived.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._groups: dict[str, str] = {}
        self._asked_at = float("-inf")

    def check_joined(self, channel: str) -> None:
        """Raises SlackBroken unless the bot can write there; another SlackFailure if unknown."""
        try:
            found = call(self._client.conversations_info, channel=channel)["channel"]
        except SlackBroken as failure:
            if failure.code != "missing_scope":
                raise
            # Who may read its messages is in it.
            call(self._client.conversations_history, channel=channel, limit=1)
            return
        if found.get("is_archived"):
            raise SlackBroken("is_archived")
        if not found.get("is_member"):
            raise SlackBroken("not_in_channel")

    def group_ids(self) -> Mapping[str, str]:
        """Ids of user groups by their handles; as last known where Slack doesn't say."""
        if time.monotonic() - self._asked_at > ASKED_AGAIN_SECONDS:
            self._asked_at = time.monotonic()
            try:
                self._groups = self.read_groups()
            except SlackFailure as failure:
                logger.warning("user groups not known", reason=str(failure))
        return self._groups

    def read_groups(self) -> dict[str, str]:
        """The same, asked for now. Raises SlackFailure."""
        groups = call(self._client.usergroups_list)["usergroups"]
        return {str(group["handle"]): str(group["id"]) for group in groups}
