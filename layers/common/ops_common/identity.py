"""Which stack this is: its name and its environment's word, in everything that leaves it."""

import os
from typing import NamedTuple, Self


class Identity(NamedTuple):
    """The stack's name, and what people call its environment."""

    stack: str
    environment: str

    @classmethod
    def from_env(cls) -> Self:
        """As the template gives it to every function; nothing where it didn't."""
        stack = os.environ.get("STACK_NAME", "")
        return cls(stack, os.environ.get("ENVIRONMENT_NAME", "") or stack)
