"""Text of an item in few bytes: DynamoDB charges a write by each kilobyte."""

import zlib
from collections.abc import Mapping
from typing import Any


def pack(text: str) -> dict[str, bytes]:
    """The attribute's value."""
    return {"B": zlib.compress(text.encode(), 9)}


def unpack(value: Mapping[str, Any]) -> str:
    """What was packed, or a plain text. Raises KeyError or ValueError on anything else."""
    if "B" not in value:
        return str(value["S"])
    try:
        return zlib.decompress(value["B"]).decode()
    except (TypeError, zlib.error) as error:
        raise ValueError(str(error)) from None
