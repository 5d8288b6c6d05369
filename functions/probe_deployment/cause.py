"""Why a check failed or had no answer, as a word that programs may rely on (docs/probes.md)."""

from enum import StrEnum


class Cause(StrEnum):
    """One for each thing to do; a check that leaves only one to do has none.

    Which of several are at fault, by name, are a finding's subjects.
    """

    # Any check: its calls, and what it asks the database.
    AWS = "aws"
    CONFIGURATION = "configuration"
    DATABASE = "database"
    DEADLINE = "deadline"
    DENIED = "denied"
    DEPLOYED_ELSEWHERE = "deployed_elsewhere"
    LOGIN_REFUSED = "login_refused"
    NO_ANSWER = "no_answer"
    NO_RESOURCE = "no_resource"
    NO_REVISION = "no_revision"
    NO_SERVICE = "no_service"
    NO_TABLES = "no_tables"
    OTHER_CHECK = "other_check"
    STATEMENT_REFUSED = "statement_refused"
    THROTTLED = "throttled"
    TIMEOUT = "timeout"
    UNEXPECTED = "unexpected"
    UNREACHABLE = "unreachable"

    # The stack itself.
    SLACK_ROUTES = "slack_routes"
    SLACK_TOKEN = "slack_token"  # noqa: S105  # a word of verdicts
