"""One key's text is replaced; everything else stays byte for byte."""

import json
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rotate_password.reading.json_key import NotAnObject, put

KEY = "aurora_password"

white_space = st.text(" \t\n\r", max_size=3)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=20),
    st.text(f'{{}}[]",:\\ {KEY}', max_size=30),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
odd_numbers = st.sampled_from(["1.0e5", "-0", "0.10", "1E+2", "9" * 5000, "1e400"])


@st.composite
def texts_of(draw: st.DrawFn, value: Any) -> str:
    """One of the many spellings of a value."""
    if draw(st.booleans()) and isinstance(value, int | float):
        return draw(odd_numbers)
    if isinstance(value, str) and draw(st.booleans()):
        return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 else c for c in value) + '"'
    text = json.dumps(
        value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 2]))
    )
    return draw(white_space) + text + draw(white_space)


@st.composite
def objects(draw: st.DrawFn) -> tuple[str, str]:
    """An object's text before and after the value of KEY, at a random place among other keys."""
    keys = draw(st.lists(st.text(max_size=12).filter(lambda key: key != KEY), max_size=6))
    members = [f"{draw(texts_of(key))}:{draw(texts_of(draw(values)))}" for key in keys]
    place = draw(st.integers(0, len(members)))
    spelled = draw(
        st.sampled_from([f'"{KEY}"', '"\\u0061urora_password"', '"aurora\\u005Fpassword"'])
    )
    before = "".join(f"{member}," for member in members[:place])
    after = "".join(f",{member}" for member in members[place:])
    space = draw(white_space)
    return (
        f"{space}{{{space}{before}{space}{spelled}{space}:{space}",
        f"{space}{after}{space}}}{space}",
    )


@settings(deadline=None)
@given(objects(), values.flatmap(texts_of), st.text(max_size=40))
def test_only_the_value_of_the_key_changes(around: tuple[str, str], old: str, new: str) -> None:
    before, after = around

    replaced = put(before + old.strip(" \t\n\r") + after, {KEY: new})

    assert replaced == before + json.dumps(new) + after


@settings(deadline=None)
@given(st.dictionaries(st.text(), values), st.text(string.printable))
def test_the_result_parses_to_the_same_object_with_the_new_value(
    content: dict[str, Any], new: str
) -> None:
    content[KEY] = "old"

    assert json.loads(put(json.dumps(content), {KEY: new})) == content | {KEY: new}


def test_two_keys_are_replaced_at_once() -> None:
    document = '{"aurora_username":"jiki","x":1, "aurora_password" : "p"}'

    replaced = put(document, {"aurora_password": "n", "aurora_username": "jiki_a"})

    assert replaced == '{"aurora_username":"jiki_a","x":1, "aurora_password" : "n"}'


def test_a_nested_key_of_the_same_name_is_left_alone() -> None:
    document = '{"staging":{"aurora_password":"s"},"aurora_password":"p"}'

    assert put(document, {KEY: "n"}) == '{"staging":{"aurora_password":"s"},"aurora_password":"n"}'


def test_a_duplicate_key_is_replaced_at_each_place() -> None:
    assert put('{"aurora_password":"a","aurora_password":"b"}', {KEY: "n"}) == (
        '{"aurora_password":"n","aurora_password":"n"}'
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('{"a": 1 }\n', '{"a": 1, "aurora_password": "n" }\n'),
        ("{}", '{"aurora_password": "n"}'),
        (' { "a":"}" }', ' { "a":"}", "aurora_password": "n" }'),
    ],
)
def test_a_missing_key_is_put_last(document: str, expected: str) -> None:
    assert put(document, {KEY: "n"}) == expected


@pytest.mark.parametrize(
    "document",
    ["", "[]", "7", '"text"', "{", '{"a":1', '{"a" 1}', '{"a":1} x', "{'a':1}", "[" * 100000],
)
def test_what_is_no_json_object_is_refused_without_quoting_it(document: str) -> None:
    with pytest.raises(NotAnObject) as caught:
        put(document, {KEY: "n"})

    assert not document or document not in str(caught.value)
    assert caught.value.__cause__ is None
