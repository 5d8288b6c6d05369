"""Passwords are strong, and plain wherever they are pasted."""

import shlex
import string
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


def test_begins_with_a_letter_however_few_there_are() -> None:
    most_letters = string.ascii_letters.replace("b", "")

    assert {generate(40, most_letters)[0] for _ in range(100)} == {"b"}


def test_ninety_random_bits_are_just_enough() -> None:
    all_but_b_and_1 = (string.ascii_letters + string.digits).replace("b", "").replace("1", "")

    assert set(generate(90, all_but_b_and_1)) == {"b", "1"}
    with pytest.raises(ValueError, match="89 characters out of 2 are fewer"):
        generate(89, all_but_b_and_1)


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
