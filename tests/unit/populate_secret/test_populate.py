import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_common.app_config import AppConfigError
from populate_secret.plan import add_keys, plan
from populate_secret.populate import BadEvent, populate, wants_apply
from populate_secret.settings import Settings
from populate_secret.store import Version

RANDOM = ("secret_key_base", "hmac_secret", "jwt_secret")
SETTINGS = Settings("config", (*RANDOM, "stripe_secret_key", "aurora_password"), RANDOM)
DOCUMENT = '{\n  "aurora_password" : "p\\u00e4ss",\n  "hmac_secret": "kept"\n}\n'


class FakeStore:
    def __init__(self, text: str) -> None:
        self.text = text
        self.replaced = 0

    def read(self) -> Version:
        return Version("v1", self.text)

    def replace(self, old: Version, text: str) -> None:
        self.text, self.replaced = text, self.replaced + 1


def run(text: str, *, apply: bool) -> tuple[FakeStore, dict[str, Any]]:
    store = FakeStore(text)
    return store, populate(store, SETTINGS, apply=apply)


def test_a_dry_run_says_what_it_would_make_and_changes_nothing() -> None:
    store, answer = run(DOCUMENT, apply=False)
    assert answer["wouldMake"] == ["secret_key_base", "jwt_secret"]
    assert not answer["applied"]
    assert store.replaced == 0


def test_makes_the_missing_random_keys_and_keeps_every_other_byte() -> None:
    store, answer = run(DOCUMENT, apply=True)
    assert answer["made"] == ["secret_key_base", "jwt_secret"]
    assert store.text.startswith(DOCUMENT.rstrip("\n}"))
    content = json.loads(store.text)
    assert list(content) == ["aurora_password", "hmac_secret", "secret_key_base", "jwt_secret"]
    assert content["hmac_secret"] == "kept"
    assert len(content["jwt_secret"]) == 128
    assert content["jwt_secret"] != content["secret_key_base"]


def test_lists_what_only_a_person_can_fill_in_and_where_to_find_it() -> None:
    _, answer = run('{"aurora_password": ""}', apply=False)
    assert set(answer["forPeople"]) == {"stripe_secret_key", "aurora_password"}
    assert "Stripe dashboard" in answer["forPeople"]["stripe_secret_key"]


def test_an_empty_value_is_listed_and_not_touched() -> None:
    store, answer = run('{"jwt_secret": ""}', apply=True)
    assert "remove the key" in answer["forPeople"]["jwt_secret"]
    assert json.loads(store.text)["jwt_secret"] == ""


def test_a_second_run_changes_nothing() -> None:
    store, _ = run(DOCUMENT, apply=True)
    text = store.text
    assert populate(store, SETTINGS, apply=True)["made"] == []
    assert (store.text, store.replaced) == (text, 1)


def test_no_value_of_the_secret_is_in_the_answer() -> None:
    store, answer = run('{"aurora_password": "MARKER"}', apply=True)
    made = json.loads(store.text)["jwt_secret"]
    assert "MARKER" not in str(answer)
    assert made not in str(answer)


@pytest.mark.parametrize("text", ["", "[]", "not json MARKER", '"MARKER"'])
def test_a_secret_that_is_no_object_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(AppConfigError, match="config") as error:
        run(text, apply=True)
    assert "MARKER" not in str(error.value)


@pytest.mark.parametrize("event", [[], {"aply": True}, {"apply": "yes"}, None])
def test_an_event_of_another_shape_is_refused(event: Any) -> None:
    with pytest.raises(BadEvent):
        wants_apply(event)


@given(
    st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=4),
    st.sampled_from([None, 0, 2]),
    st.sampled_from(["", "\n", "  \r\n"]),
)
def test_adding_keys_to_any_object_keeps_the_rest(content, indent, tail: str) -> None:
    document = json.dumps(content, indent=indent) + tail
    missing = tuple(key for key in RANDOM if key not in content)
    added = add_keys(document, missing, lambda: "made") if missing else document
    assert json.loads(added) == content | dict.fromkeys(missing, "made")
    assert added.startswith(document.rstrip()[:-1].rstrip())
    assert plan(json.loads(added), RANDOM, RANDOM).make == ()
