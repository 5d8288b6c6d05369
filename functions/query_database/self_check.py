"""What query_database can check by itself; its way to the database is tried by those who ask."""

from query_database.settings import Settings


def settings() -> str:
    """Every variable is well. Raises SettingsError."""
    Settings.from_env()
    return "every variable is well"


CHECKS = {"settings": settings}
