"""What the template gives to query_database."""

from typing import NamedTuple, Self

from ops_common.settings import Environment


class Settings(NamedTuple):
    """Time limits, how to log in, and whom to trust."""

    connect_timeout_seconds: int
    statement_timeout_seconds: int
    iam_login: bool
    """Whether a login without a password gets an IAM token (else it is a bad request)."""
    ca_certificate: str
    """Base64 DER of the one CA to trust; empty for Amazon RDS's own."""

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment. Raises SettingsError that names every bad variable."""
        env = Environment()
        settings = cls(
            # libpq knows no shorter time limit than two seconds.
            connect_timeout_seconds=env.integer("CONNECT_TIMEOUT_SECONDS", 5, at_least=2),
            statement_timeout_seconds=env.integer("STATEMENT_TIMEOUT_SECONDS", 5, at_least=1),
            iam_login=env.choice("DATABASE_AUTH", ("password", "iam"), "password") == "iam",
            ca_certificate=env.text("DATABASE_CA_CERTIFICATE", ""),
        )
        env.finish()
        return settings
