"""Whatever the credential is, no part of it that tells it is left: by kind, with made-up values."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from probe_deployment.logs import redact

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIGNS = "@:/#?%!$&*+=~^,;.-_"
# A value begins and ends with a mark by which what is left of it would be found.
MARK = "Qz7"
PASSWORDS = st.text(LETTERS + "0123456789" + SIGNS, min_size=4, max_size=40).map(
    lambda text: f"{MARK}{text}{MARK}"
)
WORDS = st.text(LETTERS + "0123456789", min_size=8, max_size=60).map(
    lambda text: f"{MARK}{text}{MARK}"
)
SCHEME = "postgres" + "://"

QUOTED: dict[str, Callable[[str], str]] = {
    "a URL": lambda value: f"connecting to {SCHEME}jiki:{value}@db.internal:5432/jiki failed",
    "a URL without a user": lambda value: "redis" + f"://:{value}@cache:6379/0",
    "a URL at the end": lambda value: f'url: "{SCHEME}jiki:{value}@db"',
    "a variable's URL": lambda value: f"DATABASE_URL={SCHEME}jiki:{value}@db/jiki",
    "libpq's string": lambda value: f"host=db user=jiki password='{value}' dbname=jiki",
    "Ruby's hash": lambda value: f'{{"user" => {{"password" => "{value}", "name" => "x"}}}}',
    "Ruby's symbols": lambda value: f'{{password: "{value}", name: "x"}}',
    "JSON": lambda value: f'{{"aurora_password":"{value}","port":5432}}',
    "JSON in JSON": lambda value: f'{{"body":"{{\\"api_key\\":\\"{value}\\"}}"}}',
    "an object": lambda value: f'#<User id: 1, reset_password_token: "{value}">',
    "SQL": lambda value: f"ALTER ROLE jiki PASSWORD '{value}'",
    "an argument": lambda value: f"--password {value}",
    "an argument of curl": lambda value: f"curl -u jiki:{value} https://example.org",
    "XML": lambda value: f"<wsse:Password>{value}</wsse:Password>",
    "a cookie": lambda value: f"Cookie: _jiki_session={value}; theme=dark",
}
BARE: dict[str, Callable[[str], str]] = {
    "a pair": lambda value: f"password={value}",
    "a form's field": lambda value: f"user[password]={value}&commit=1",
    "an encoded form's": lambda value: f"user%5Bpassword%5D={value}&commit=1",
    "a query": lambda value: f"GET /confirm?token={value}&x=1",
    "a header": lambda value: f"X-Api-Key: {value}",
    "a bearer's": lambda value: f"got 401 with Bearer {value}",
    "a token's": lambda value: f'Authorization: Token token="{value}"',
    "a digest's": lambda value: f'Authorization: Digest username="x", response="{value}"',
    "a sentence": lambda value: f"the password is {value}",
    "a key": lambda value: "sk" + f"_live_{value}",
    "a hook": lambda value: "https://hooks.slack" + f".com/services/T0/B0/{value}",
    "an encoded URL": lambda value: f"url=postgres%3A%2F%2Fjiki%3A{value}%40db",
}


@pytest.mark.parametrize("kind", QUOTED)
@given(value=PASSWORDS)
def test_any_password_is_hidden(kind: str, value: str) -> None:
    assert MARK not in redact(QUOTED[kind](value))


@pytest.mark.parametrize("kind", BARE)
@given(value=WORDS)
def test_any_key_is_hidden(kind: str, value: str) -> None:
    assert MARK not in redact(BARE[kind](value))


@given(user=WORDS, password=PASSWORDS)
def test_basic_credentials_are_hidden(user: str, password: str) -> None:
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    for text in (f"Authorization: Basic {encoded}", f"retrying with Basic {encoded} in 2 s"):
        assert encoded.rstrip("=") not in redact(text)


@given(value=PASSWORDS, before=st.integers(7_900, 8_000))
@example(value=f"{MARK}0000@{MARK}0000", before=7_975)
def test_what_the_cut_leaves_of_a_url_is_hidden(value: str, before: int) -> None:
    text = " " * before + f"{SCHEME}jiki:{value}@db/jiki"
    assert MARK not in redact(text)
