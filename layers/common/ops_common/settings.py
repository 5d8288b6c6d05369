"""Settings from environment variables: every problem named in one error."""

import os
from collections.abc import Mapping, Sequence


class SettingsError(Exception):
    """One or more environment variables are missing or malformed; the message names them all."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{variable} {problem}" for variable, problem in problems))
        self.variables = tuple(variable for variable, _ in problems)


class Environment:
    """Reads typed values, collects what is wrong, and says all of it in `finish`.

    A reader returns a harmless placeholder for a bad variable, so that the next one is read too:
    nothing read is to be used before `finish` has returned.
    An empty variable counts as absent (a template parameter that is not set arrives empty).
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables
        self._problems: list[tuple[str, str]] = []

    def text(self, name: str, default: str | None = None) -> str:
        """A string; required unless a default is given (which may be empty)."""
        value = self._variables.get(name, "").strip()
        if value:
            return value
        if default is None:
            self.reject(name, "is missing")
            return ""
        return default

    def integer(self, name: str, default: int | None = None, *, at_least: int = 0) -> int:
        """A whole number no smaller than `at_least`."""
        value = self.text(name, None if default is None else str(default))
        if not value:
            return at_least
        try:
            number = int(value)
        except ValueError:
            self.reject(name, f"must be a whole number, not {value!r}")
            return at_least
        if number < at_least:
            self.reject(name, f"must be at least {at_least}, not {number}")
        return number

    def number(self, name: str, default: float | None = None, *, at_least: float = 0.0) -> float:
        """A number no smaller than `at_least`."""
        value = self.text(name, None if default is None else str(default))
        if not value:
            return at_least
        try:
            number = float(value)
        except ValueError:
            self.reject(name, f"must be a number, not {value!r}")
            return at_least
        if not number >= at_least or number == float("inf"):
            self.reject(name, f"must be a finite number of at least {at_least}")
            return at_least
        return number

    def flag(self, name: str, *, default: bool = False) -> bool:
        """`true` or `false`."""
        value = self.text(name, str(default).lower())
        if value not in ("true", "false"):
            self.reject(name, f"must be true or false, not {value!r}")
        return value == "true"

    def names(self, name: str, default: str | None = None) -> tuple[str, ...]:
        """A comma-separated list, without empty entries."""
        return tuple(part.strip() for part in self.text(name, default).split(",") if part.strip())

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of `choices`."""
        value = self.text(name, default)
        if value and value not in choices:
            self.reject(name, f"must be one of {', '.join(choices)}, not {value!r}")
        return value

    def reject(self, variable: str, problem: str) -> None:
        """Add what is wrong with a variable; the message says it after the variable's name."""
        self._problems.append((variable, problem))

    def finish(self) -> None:
        """Raise SettingsError that names every problem met so far."""
        if self._problems:
            raise SettingsError(self._problems)
