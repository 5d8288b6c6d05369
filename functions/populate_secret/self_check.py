"""What populate_secret needs, looked at."""

from ops_common import aws
from populate_secret.settings import Settings
from populate_secret.store import SecretStore


def settings() -> str:
    """Every variable is well. Raises SettingsError."""
    Settings.from_env()
    return "every variable is well"


def secret() -> str:
    """The secret is readable. Raises ClientError."""
    found = Settings.from_env()
    SecretStore(aws.client("secretsmanager"), found.secret_id).read()
    return f"secret {found.secret_id} is readable"


CHECKS = {"settings": settings, "secret": secret}
