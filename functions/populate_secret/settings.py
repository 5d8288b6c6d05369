"""What the template gives to populate_secret."""

from typing import NamedTuple, Self

from ops_common.settings import Environment


class Settings(NamedTuple):
    """The secret, and the keys that it is to have."""

    secret_id: str
    keys: tuple[str, ...]
    random_keys: tuple[str, ...]
    """Those of them that are random by nature."""

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment. Raises SettingsError that names every bad variable."""
        env = Environment()
        settings = cls(
            secret_id=env.text("CONFIG_SECRET_ID"),
            keys=env.names("SECRET_KEYS"),
            random_keys=env.names("RANDOM_SECRET_KEYS"),
        )
        env.finish()
        return settings
