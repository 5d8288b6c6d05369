"""A DATABASE_URL: read as libpq and Rails read it, changed in its password alone."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_common.database_url import BadDatabaseUrl, DatabaseUrl, OtherDatabase, is_url

URL = "postgres://sh%6Fp:p%2Fw@db.example.org:6432/shop%20one?sslmode=verify-full&pool=5#x"
PLAIN = "postgresql://shop:old@db.example.org/shop_production"


def test_every_part_is_decoded() -> None:
    url = DatabaseUrl.parse(URL.partition("#")[0])
    assert (url.user, url.password, url.name) == ("shop", "p/w", "shop one")
    assert (url.host, url.port) == ("db.example.org", 6432)
    assert DatabaseUrl.parse(PLAIN).port == 5432
    assert DatabaseUrl.parse("postgis://shop:old@db.example.org:/shop").port == 5432


def test_a_new_password_changes_no_other_byte() -> None:
    url = DatabaseUrl.parse(URL.partition("#")[0])
    assert url.with_credentials("shop", "new") == URL.partition("#")[0].replace("p%2Fw", "new")


def test_another_user_is_encoded_and_the_rest_stays() -> None:
    changed = DatabaseUrl.parse(PLAIN).with_credentials("shop b", "n@w")
    assert changed == "postgresql://shop%20b:n%40w@db.example.org/shop_production"


PARTS = st.text(st.characters(min_codepoint=33, max_codepoint=0x17F), min_size=1, max_size=12)


@given(PARTS, PARTS, PARTS)
def test_any_login_is_read_as_it_was_written(user: str, old: str, new: str) -> None:
    text = f"postgres://{quote(user, safe='')}:{quote(old, safe='')}@h:1/n?a=b"
    url = DatabaseUrl.parse(text)
    assert (url.user, url.password) == (user, old)
    again = DatabaseUrl.parse(url.with_credentials(user, new))
    assert (again.user, again.password, again.host, again.name) == (user, new, "h", "n")
    assert urlsplit(again.text).query == "a=b"


@pytest.mark.parametrize(
    "text",
    [
        "postgres://db.example.org/shop",
        "postgres://shop@db.example.org/shop",
        "postgres://shop:@db.example.org/shop",
        "postgres://shop:MARKER@db.example.org",
        "postgres://shop:MARKER@a,b/shop",
        "https://shop:MARKER@example.org/x",
        "postgres://shop:MARKER@db.example.org/shop\n",
        "postgres://shop:MARKER@%2Fvar%2Frun%2Fpostgresql/shop",
        "postgres://shop:MARKER@db.example.org:99999/shop",
        "postgres://shop:MARKER@db.example.org:0/shop",
        "postgres://shop:MARKER" + "%FF@db.example.org/shop",
        "postgres://shop:MARKER@db.example.org/shop?password=other",
        "postgres://shop:MARKER@db.example.org/shop?pool=5&%75ser=other",
        "postgres://shop:MARKER@db.example.org/shop?host=/var/run/postgresql",
    ],
)
def test_what_is_no_whole_url_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(BadDatabaseUrl) as error:
        DatabaseUrl.parse(text)
    assert "MARKER" not in str(error.value)


@pytest.mark.parametrize("scheme", ["mysql2", "trilogy", "sqlite3"])
def test_another_database_is_named(scheme: str) -> None:
    with pytest.raises(OtherDatabase) as raised:
        DatabaseUrl.parse(f"{scheme}://u:p@h/n")
    assert raised.value.scheme == scheme


def test_a_password_alone_is_no_url() -> None:
    assert not is_url("p:/w")
    assert not is_url(None)
    assert is_url(PLAIN)
