"""Making a password that needs no escaping in a URL, a YAML file or a shell."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits
# 238 random bits. Amazon RDS takes at most 99 characters as the master user's password of Aurora
# PostgreSQL.
LENGTH = 40


def generate() -> str:
    """A random password of letters and digits that begins with a letter.

    Begun with a letter it is a string to every YAML parser, never a number.
    """
    first = secrets.choice(string.ascii_letters)
    return first + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
