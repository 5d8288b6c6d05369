"""Why the database gave no answer, as a word that programs may rely on."""

from enum import StrEnum


class DatabaseCause(StrEnum):
    """One for each thing to do; an error whose kind says all has none."""

    # Nothing was reached, or not what was expected.
    NOTHING_LISTENS = "nothing_listens"
    NOT_POSTGRESQL = "not_postgresql"
    NO_ANSWER = "no_answer"
    """No connection within the time limit."""
    UNKNOWN_HOST = "unknown_host"

    # A server that must not be trusted.
    NO_PROOF = "no_proof"
    """It doesn't ask for proof by SCRAM."""
    NO_TLS = "no_tls"
    OTHER_HOST = "other_host"
    """Its certificate is another host's."""
    UNKNOWN_CA = "unknown_ca"

    # A server that takes nobody now.
    CLOSED = "closed"
    NO_CONNECTION_LEFT = "no_connection_left"
    NO_RESOURCES = "no_resources"
    STARTING = "starting"
    """Or shutting down, or recovering."""

    # A server that doesn't take this user, or not to this database.
    CLEAR_TEXT = "clear_text"
    """It wants the password itself, as Amazon RDS does of a role that was granted rds_iam."""
    NOLOGIN = "nologin"
    NOT_GRANTED = "not_granted"
    """The user lacks CONNECT."""
    NO_DATABASE = "no_database"
    NO_ENTRY = "no_entry"
    """Of pg_hba.conf."""
    NO_TOKEN = "no_token"  # noqa: S105  # a word of answers
    """It takes no IAM token of this user."""
    PASSWORD = "password"  # noqa: S105  # a word of answers
    """Or a user that isn't there: a server doesn't say which."""
    TAKES_NO_CONNECTION = "takes_no_connection"
    """The database (ALLOW_CONNECTIONS false)."""

    # A pooler, or RDS Proxy, in front of it.
    POOLER_LOGIN = "pooler_login"
    """It can't log in to its server."""
    POOLER_NO_DATABASE = "pooler_no_database"
    POOLER_NO_USER = "pooler_no_user"
    POOLER_PASSWORD = "pooler_password"  # noqa: S105  # a word of answers
    PROXY_IAM_ONLY = "proxy_iam_only"
    PROXY_NO_CONNECTION = "proxy_no_connection"
    PROXY_NO_CREDENTIALS = "proxy_no_credentials"
    """Its own secrets have none of this user."""
    PROXY_PASSWORD = "proxy_password"  # noqa: S105  # a word of answers
    """Its own secret has another one."""

    CRASHED = "crashed"
    """The function in front of the database, query_database."""

    # A request that the database isn't ready for.
    NOT_ALLOWED_TO_SET = "not_allowed_to_set"
    """A password, where rds.restrict_password_commands is on."""
    NOT_PREPARED = "not_prepared"
    """The roles that take turns."""
