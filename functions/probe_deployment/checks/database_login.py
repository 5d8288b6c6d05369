"""Whether the app's own credentials, as the secret has them now, log in."""

from probe_deployment.context import Context
from probe_deployment.finding import Finding


def check(context: Context) -> Finding:
    """The current secret's user and password log in to the database of the config table."""
    answer = context.ask_as_app("check_login")
    return Finding.passed(
        f"logged in as {answer['session_user']}, PostgreSQL {answer['server_version']},"
        f" {answer['tls'] or 'TLS up to a proxy'}",
        "the secret's password logs in",
    )
