"""The app's login, kept for a while: each GetSecretValue costs, and there is a tick each minute."""

from collections.abc import Callable
from copy import replace
from datetime import datetime
from typing import Any

from ops_common.query_database import Login, LoginRefused, QueryDatabase

KEPT_SECONDS = 600


class LoginCache:
    """Lives as long as Lambda keeps the process."""

    def __init__(self) -> None:
        self.login: Login | None = None
        self.read_at: datetime | None = None

    def keep(self, login: Login, read_at: datetime) -> None:
        """Use it from now on, until ten minutes after it was read."""
        self.login, self.read_at = login, read_at


def ask(
    query: QueryDatabase,
    request: str,
    parameters: dict[str, Any],
    *,
    read: Callable[[], Login],
    cache: LoginCache,
    database: str,
    now: datetime,
) -> dict[str, Any]:
    """One request with the kept login; where it is refused, once more with a fresh one.

    `database`: another one on the same server, or empty for the login's own. Raises a
    DatabaseError, and what `read` raises.
    """

    def answer(login: Login) -> dict[str, Any]:
        if database:
            login = replace(login, address=replace(login.address, name=database))
        return query.ask(request, login, parameters)

    kept = cache.login if _fresh(cache, now) else None
    if kept:
        try:
            return answer(kept)
        except LoginRefused:
            # The password was rotated meanwhile.
            pass
    fresh = read()
    cache.keep(fresh, now)
    return answer(fresh)


def _fresh(cache: LoginCache, now: datetime) -> bool:
    return cache.read_at is not None and (now - cache.read_at).total_seconds() < KEPT_SECONDS
