"""What is said and done about the keys that a secret lacks; names of keys, never a value."""

import secrets
from collections.abc import Callable, Sequence
from typing import Protocol

from cli.populate.plan import WHERE, Plan, add_keys, plan
from cli.populate.store import Version
from ops_common.app_secret import parse_secret

RANDOM_BYTES = 64  # as `rails secret` makes them, in hexadecimal


class NotRandom(Exception):
    """Keys that nobody can make up, or that are there already."""

    def __init__(self, words: str, keys: Sequence[str]) -> None:
        super().__init__(words)
        self.keys = tuple(keys)


class Store(Protocol):
    """A secret whose current version is replaced only if it is the one that was read."""

    def read(self) -> Version:
        """The current version."""

    def replace(self, old: Version, text: str) -> None:
        """Make `text` current. Raises SecretBusy where `old` isn't any more."""


def read_plan(store: Store, secret_id: str, expected: tuple[str, ...]) -> Plan:
    """What the secret lacks. Raises AppConfigError where it is no JSON object."""
    return plan(parse_secret(store.read().text, secret_id), expected)


def make(
    store: Store, secret_id: str, keys: tuple[str, ...], confirm: Callable[[], bool]
) -> tuple[str, ...]:
    """Make these keys at random once `confirm` says so; the keys made, none where it didn't.

    Raises NotRandom, AppConfigError where the secret is no JSON object, SecretBusy where it is
    in use.
    """
    version = store.read()
    content = parse_secret(version.text, secret_id)
    if known := [key for key in keys if key in WHERE]:
        places = "; ".join(f"{key}: {WHERE[key]}" for key in known)
        raise NotRandom(f"nobody can make these up: {places}", known)
    if there := [key for key in keys if key in content]:
        named = ", ".join(there)
        raise NotRandom(f"{named} is there already; remove it first if it is worthless", there)
    if not keys or not confirm():
        return ()
    text = add_keys(version.text, keys, lambda: secrets.token_hex(RANDOM_BYTES))
    parse_secret(text, secret_id)
    store.replace(version, text)
    return keys


def described(found: Plan) -> list[str]:
    """The plan for a person, a line each."""
    lines = [f"  {key:32} missing  {WHERE.get(key, '')}".rstrip() for key in found.missing]
    lines += [
        f"  {key:32} empty    {WHERE.get(key, 'remove the key, then it can be made')}"
        for key in found.empty
    ]
    return lines
