"""Listings of AWS that come in pages."""

from collections.abc import Callable, Iterator
from typing import Any


def pages(call: Callable[..., Any], token: str, **parameters: Any) -> Iterator[Any]:
    """Each page of a listing; `token` is what the service calls the next page's token.

    boto3's paginators list all of botocore's folders first, which takes 10 ms of the first answer.
    """
    page = call(**parameters)
    yield page
    while page.get(token):
        page = call(**parameters, **{token: page[token]})
        yield page
