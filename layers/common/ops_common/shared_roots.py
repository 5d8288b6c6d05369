"""Root certificates of the AWS clients, loaded once a process.

urllib3 loads them again for each new connection (issue 3623 of urllib3, 3171 of botocore, both
open): 18 ms of CPU, which a function of 256 MB has a seventh of. botocore takes no TLS context from
outside, so clients get the first one's, by names that are botocore's and not for others. Lambda
brings its own botocore: where these names are gone one day, a client stays as botocore makes it.
"""

import ssl
from contextlib import suppress
from functools import cache
from typing import Any

shared: list[ssl.SSLContext] = []
"""None or one."""


def share_roots(client: Any) -> None:
    """Give a client, before its first connection, the TLS context of the first client."""
    with suppress(Exception):
        pools = client._endpoint.http_session._manager.connection_pool_kw
        if not shared:
            shared.append(_loading_once(pools["ssl_context"]))
        pools["ssl_context"] = shared[0]


def _loading_once(context: Any) -> ssl.SSLContext:
    """The context, which verifies as before, but loads a file only once."""
    context.load_verify_locations = cache(context.load_verify_locations)
    return context  # type: ignore[no-any-return]  # botocore has no types
