"""Making a password that needs no escaping in a URL, a YAML file or a shell."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits
MINIMUM_LENGTH = 16
# Amazon RDS takes at most 99 characters as the master user's password of Aurora PostgreSQL.
MAXIMUM_LENGTH = 99
MINIMUM_BITS = 90


def usable_alphabet(length: int, excluded: str) -> str:
    """The letters and digits that may occur. Raises ValueError that says what is too weak."""
    alphabet = "".join(character for character in ALPHABET if character not in excluded)
    if not MINIMUM_LENGTH <= length <= MAXIMUM_LENGTH:
        raise ValueError(f"length must be from {MINIMUM_LENGTH} to {MAXIMUM_LENGTH}, not {length}")
    if not any(character.isalpha() for character in alphabet):
        raise ValueError("the excluded characters leave no letter")
    if len(alphabet) ** length < 2**MINIMUM_BITS:
        raise ValueError(
            f"{length} characters out of {len(alphabet)} are fewer than {MINIMUM_BITS} random bits"
        )
    return alphabet


def generate(length: int, excluded: str) -> str:
    """A random password of letters and digits that begins with a letter.

    Begun with a letter it is a string to every YAML parser, never a number. Raises ValueError as
    `usable_alphabet` does.
    """
    alphabet = usable_alphabet(length, excluded)
    while True:
        password = "".join(secrets.choice(alphabet) for _ in range(length))
        if password[0].isalpha():
            return password
