"""A database that can't be asked now is asked again: it resumes, or fails over."""

from collections.abc import Mapping
from typing import Any

import pytest

from ops_common.query_database import (
    DatabaseAddress,
    DatabaseError,
    DatabaseReadOnly,
    DatabaseUnreachable,
    Login,
    LoginRefused,
)
from rotate_password.adapters.database import ASK_EVERY_SECONDS, RetryingDatabase
from tests.unit.rotate_password.memory import Clock

LOGIN = Login(DatabaseAddress("aurora.internal", 5432, "jiki"), "jiki", "first")


class Failing:
    """Answers once it has raised what it was given."""

    def __init__(self, *errors: DatabaseError) -> None:
        self.errors = list(errors)

    def ask(
        self, request: str, login: Login, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if self.errors:
            raise self.errors.pop(0)
        return {"user": login.user}


def test_a_resuming_database_and_a_failover_are_waited_for() -> None:
    clock = Clock()
    database = Failing(DatabaseUnreachable("did not answer"), DatabaseReadOnly("is read-only"))

    answer = RetryingDatabase(database, clock, 60).ask("set_password", LOGIN)

    assert (answer, clock.slept) == ({"user": "jiki"}, [ASK_EVERY_SECONDS] * 2)


def test_a_reader_stays_one_and_is_named_when_the_wait_is_over() -> None:
    clock = Clock()
    database = Failing(*[DatabaseReadOnly("is read-only")] * 100)

    with pytest.raises(DatabaseReadOnly):
        RetryingDatabase(database, clock, 60).ask("set_password", LOGIN)

    assert 55 <= sum(clock.slept) <= 65


def test_a_refusal_is_an_answer() -> None:
    clock = Clock()

    with pytest.raises(LoginRefused):
        RetryingDatabase(Failing(LoginRefused("refused")), clock, 60).ask("check_login", LOGIN)

    assert clock.slept == []
