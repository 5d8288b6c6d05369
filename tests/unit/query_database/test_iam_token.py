"""The token is the one that boto3 would make, signed without a call to AWS."""

import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from ops_common.query_database import DatabaseAddress
from query_database.iam_token import NoCredentials, sign_token

ADDRESS = DatabaseAddress("jiki.cluster-x.eu-west-1.rds.amazonaws.com", 5432, "jiki_production")


def parts(token: str) -> tuple[str, dict[str, list[str]]]:
    """The place and the query's fields, whose order means nothing."""
    split = urlsplit(f"https://{token}")
    return split.netloc + split.path, parse_qs(split.query)


def test_is_the_token_of_boto3_to_the_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session/token+with=signs")
    rds = boto3.Session().client("rds")

    # Signed in the same second; the clock may tick between the two, though not each time.
    for _ in range(3):
        expected = rds.generate_db_auth_token(ADDRESS.host, ADDRESS.port, "jiki_ops")
        token = sign_token(ADDRESS, "jiki_ops")
        if parts(token) == parts(expected):
            break

    assert parts(token) == parts(expected)
    assert "DBUser=jiki_ops" in token


def test_raises_where_credentials_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    with pytest.raises(NoCredentials):
        sign_token(ADDRESS, "jiki_ops")


def test_the_function_starts_without_boto3() -> None:
    program = "import sys, query_database.app; print('boto3' in sys.modules)"
    path = [folder for folder in sys.path if folder]
    result = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {program}"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.strip() == "False"
