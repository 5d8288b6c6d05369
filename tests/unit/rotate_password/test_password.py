"""Passwords are strong, and plain wherever they are pasted."""

import shlex
import urllib.parse

import yaml

from rotate_password.steps.password import ALPHABET, generate


def test_needs_no_escaping_in_a_url_a_yaml_file_or_a_shell() -> None:
    for _ in range(500):
        password = generate()
        assert urllib.parse.quote(password, safe="") == password
        assert yaml.safe_load(password) == password
        assert shlex.quote(password) == password


def test_is_long_and_never_the_same() -> None:
    passwords = {generate() for _ in range(200)}

    assert len(passwords) == 200
    assert {len(password) for password in passwords} == {40}
    assert set("".join(passwords)) == set(ALPHABET)
