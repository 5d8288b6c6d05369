import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.populate.plan import add_keys, plan
from cli.populate.populate import NotRandom, described, make, read_plan
from cli.populate.store import Version
from ops_common.app_config import AppConfigError

RANDOM = ("secret_key_base", "hmac_secret", "jwt_secret")
EXPECTED = (*RANDOM, "stripe_secret_key", "aurora_password")
DOCUMENT = '{\n  "aurora_password" : "p\\u00e4ss",\n  "hmac_secret": "kept"\n}\n'


class FakeStore:
    def __init__(self, text: str) -> None:
        self.text = text
        self.replaced = 0

    def read(self) -> Version:
        return Version("v1", self.text)

    def replace(self, old: Version, text: str) -> None:
        self.text, self.replaced = text, self.replaced + 1


def made(store: FakeStore, *keys: str, confirmed: bool = True) -> tuple[str, ...]:
    return make(store, "config", keys, lambda: confirmed)


def test_a_dry_run_names_what_is_missing_and_what_is_empty_and_changes_nothing() -> None:
    store = FakeStore('{"aurora_password": "", "jwt_secret": "x"}')
    found = read_plan(store, "config", EXPECTED)
    assert found == (("secret_key_base", "hmac_secret", "stripe_secret_key"), ("aurora_password",))
    assert store.replaced == 0


def test_says_where_a_person_finds_what_nobody_can_make_up() -> None:
    (line,) = described(read_plan(FakeStore("{}"), "config", ("stripe_secret_key",)))
    assert "Stripe dashboard" in line


def test_makes_the_keys_that_are_named_and_keeps_every_other_byte() -> None:
    store = FakeStore(DOCUMENT)
    assert made(store, "secret_key_base", "jwt_secret") == ("secret_key_base", "jwt_secret")
    assert store.text.startswith(DOCUMENT.rstrip("\n}"))
    content = json.loads(store.text)
    assert list(content) == ["aurora_password", "hmac_secret", "secret_key_base", "jwt_secret"]
    assert content["hmac_secret"] == "kept"
    assert len(content["jwt_secret"]) == 128
    assert content["jwt_secret"] != content["secret_key_base"]


def test_without_a_person_s_word_nothing_is_made() -> None:
    store = FakeStore(DOCUMENT)
    assert made(store, "jwt_secret", confirmed=False) == ()
    assert store.replaced == 0


@pytest.mark.parametrize("key", ["hmac_secret", "stripe_secret_key"])
def test_neither_what_is_there_nor_what_others_give_out_is_made(key: str) -> None:
    store = FakeStore(DOCUMENT)
    with pytest.raises(NotRandom) as refused:
        made(store, "jwt_secret", key)
    assert refused.value.keys == (key,)
    assert store.replaced == 0


def test_an_empty_value_is_there_too() -> None:
    with pytest.raises(NotRandom) as refused:
        made(FakeStore('{"jwt_secret": ""}'), "jwt_secret")
    assert refused.value.keys == ("jwt_secret",)


@pytest.mark.parametrize("text", ["", "[]", "not json MARKER", '"MARKER"'])
def test_a_secret_that_is_no_object_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(AppConfigError) as error:
        made(FakeStore(text), "jwt_secret")
    assert "MARKER" not in str(error.value)


@given(
    st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=4),
    st.sampled_from([None, 0, 2]),
    st.sampled_from(["", "\n", "  \r\n"]),
)
def test_adding_keys_to_any_object_keeps_the_rest(content, indent, tail: str) -> None:
    document = json.dumps(content, indent=indent) + tail
    missing = plan(content, RANDOM).missing
    added = add_keys(document, missing, lambda: "made") if missing else document
    assert json.loads(added) == content | dict.fromkeys(missing, "made")
    assert added.startswith(document.rstrip()[:-1].rstrip())
    assert plan(json.loads(added), RANDOM).missing == ()
