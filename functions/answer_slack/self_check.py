"""What answering Slack needs, checked without answering anybody."""

from answer_slack.settings import Settings
from answer_slack.wiring import groups_of, read_secret
from ops_common.aws import client
from ops_common.table import check_writable


class NotWell(Exception):
    """The message says what is missing."""


def settings() -> str:
    """Every variable is well. Raises SettingsError."""
    Settings.from_env()
    return "every variable is well"


def signing_secret() -> str:
    """The signing secret can be read and is of its form. Raises GetParameterError or NotWell."""
    secret = read_secret(Settings.from_env().signing_secret_parameter)
    if len(secret) != 32 or not set(secret) <= set("0123456789abcdef"):
        raise NotWell("the signing secret must be 32 hexadecimal digits")
    return "the signing secret can be read"


def operators() -> str:
    """Somebody may act. Raises NotWell or NotKnown."""
    found = Settings.from_env()
    if not found.operators:
        raise NotWell("nobody may act: SlackOperators is empty")
    groups = groups_of(found)
    if groups:
        for group in found.groups:
            groups.members(group)
    return f"{len(found.operators)} entries of SlackOperators"


def memory() -> str:
    """Requests can be recorded. Raises ClientError."""
    return check_writable(client("dynamodb"), Settings.from_env().table_name, "seen#self-check")


CHECKS = {
    "settings": settings,
    "signing_secret": signing_secret,
    "operators": operators,
    "memory": memory,
}
