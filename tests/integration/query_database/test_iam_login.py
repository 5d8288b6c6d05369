"""A login without a password: the signed token is what the server gets; a password it never gets.

No PostgreSQL of ours knows IAM, so a few lines play Amazon RDS: they ask for a password in
cleartext, as RDS does, and let in whoever shows the token that boto3 would have made.
"""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import replace
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest

from local.certificates import Authority
from ops_common.database_cause import DatabaseCause
from ops_common.query_database import (
    DatabaseAddress,
    Login,
    LoginDisabled,
    LoginRefused,
)
from query_database.connection import connect
from query_database.settings import Settings
from tests.conftest import Database

PASSWORD_REQUEST = b"R" + struct.pack("!ii", 8, 3)
ACCEPTED = b"R" + struct.pack("!ii", 8, 0) + b"Z" + struct.pack("!i", 5) + b"I"
REFUSED_TEXT = b"SFATAL\0C28P01\0MPAM authentication failed for user\0\0"
SIGNED_AT = ("X-Amz-Date", "X-Amz-Signature")
REFUSED = b"E" + struct.pack("!i", 4 + len(REFUSED_TEXT)) + REFUSED_TEXT


@dataclass
class Rds:
    """What the server was shown."""

    port: int
    user: str = "jiki_ops"
    tokens: list[str] = field(default_factory=list)


@contextmanager
def serve(folder: Path, authority: Authority) -> Iterator[Rds]:
    authority.write_server_files(folder / "server.crt", folder / "server.key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        rds = Rds(listener.getsockname()[1])

        def answer_one() -> None:
            connection, _ = listener.accept()
            with connection:
                _read(connection)  # SSLRequest
                connection.sendall(b"S")
                with context.wrap_socket(connection, server_side=True) as tls:
                    _read(tls)  # StartupMessage
                    tls.sendall(PASSWORD_REQUEST)
                    if not tls.recv(1):
                        return  # nothing is shown to who asks like this
                    token = _read(tls).rstrip(b"\0").decode()
                    rds.tokens.append(token)
                    expected = (
                        boto3.Session()
                        .client("rds")
                        .generate_db_auth_token("127.0.0.1", rds.port, rds.user)
                    )
                    same = _without_signature(token) == _without_signature(expected)
                    tls.sendall(ACCEPTED if same else REFUSED)
                    tls.recv(1)

        thread = threading.Thread(target=answer_one)
        thread.start()
        yield rds
        thread.join(timeout=10)


def _read(connection: socket.socket) -> bytes:
    length = struct.unpack("!i", connection.recv(4))[0] - 4
    received = b""
    while len(received) < length:
        received += connection.recv(length - len(received))
    return received


def _without_signature(token: str) -> list[str]:
    """All but the time of signing and what follows from it, in no order."""
    return sorted(part for part in token.split("&") if not part.startswith(SIGNED_AT))


@pytest.mark.parametrize(("user", "accepted"), [("jiki_ops", True), ("somebody_else", False)])
def test_the_token_is_shown_to_the_server(user: str, accepted: bool, tmp_path: Path) -> None:
    authority = Authority.create()
    with serve(tmp_path, authority) as rds:
        settings = Settings(5, 5, iam_login=True, ca_certificate=authority.certificate_base64)
        login = Login(DatabaseAddress("127.0.0.1", rds.port, "jiki_production"), user, None)

        if accepted:
            with connect(login, settings) as connection:
                assert connection.info.user == user
        else:
            with pytest.raises(LoginRefused):
                connect(login, settings).__enter__()

    (token,) = rds.tokens
    assert token.startswith(f"127.0.0.1:{rds.port}/?Action=connect&DBUser={user}&X-Amz-Algorithm=")


def test_a_server_that_asks_for_a_password_in_clear_text_gets_none(tmp_path: Path) -> None:
    authority = Authority.create()
    with serve(tmp_path, authority) as rds:
        settings = Settings(5, 5, iam_login=False, ca_certificate=authority.certificate_base64)
        address = DatabaseAddress("127.0.0.1", rds.port, "jiki_production")

        with pytest.raises(LoginDisabled) as caught:
            connect(Login(address, "jiki", "hunter2"), settings).__enter__()

    assert (caught.value.cause, rds.tokens) == (DatabaseCause.CLEAR_TEXT, [])


def test_a_role_without_rds_iam_is_no_outage(database: Database) -> None:
    settings = Settings(5, 5, iam_login=True, ca_certificate=database.server.ca_certificate)

    with pytest.raises(LoginDisabled) as caught:
        connect(replace(database.login, password=None), settings).__enter__()

    assert caught.value.cause is DatabaseCause.NO_TOKEN
