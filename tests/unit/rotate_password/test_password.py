"""Passwords are strong, and plain wherever they are pasted."""

import shlex
import urllib.parse

import pytest
import yaml

from rotate_password.password import generate


def test_needs_no_escaping_in_a_url_a_yaml_file_or_a_shell() -> None:
    for _ in range(500):
        password = generate(16, "")
        assert urllib.parse.quote(password, safe="") == password
        assert yaml.safe_load(password) == password
        assert shlex.quote(password) == password


def test_is_as_long_as_asked_and_never_the_same() -> None:
    passwords = {generate(40, "") for _ in range(200)}

    assert len(passwords) == 200
    assert {len(password) for password in passwords} == {40}


def test_leaves_out_the_excluded_characters() -> None:
    seen = {character for _ in range(200) for character in generate(40, "0OIl1")}

    assert len(seen) == 57
    assert not seen & set("0OIl1")


@pytest.mark.parametrize(
    ("length", "excluded", "complaint"),
    [
        (15, "", "length must be from 16 to 99, not 15"),
        (100, "", "length must be from 16 to 99, not 100"),
        (99, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "leave no letter"),
        (16, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU", "15 are fewer than 90 random bits"),
    ],
)
def test_a_weak_choice_is_refused(length: int, excluded: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        generate(length, excluded)
