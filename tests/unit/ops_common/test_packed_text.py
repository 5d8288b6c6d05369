"""Texts of items, packed."""

import pytest

from ops_common.packed_text import pack, unpack


def test_a_text_is_read_packed_and_plain() -> None:
    text = '{"reason": "3 kept: 8 ready → none"}' * 50
    assert unpack(pack(text)) == unpack({"S": text}) == text
    assert len(pack(text)["B"]) < len(text) / 10


@pytest.mark.parametrize("value", [{}, {"N": "5"}, {"B": b"no zlib"}, {"B": "text"}])
def test_anything_else_is_an_error(value: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        unpack(value)
