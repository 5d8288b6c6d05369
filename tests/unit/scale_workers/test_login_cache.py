from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from ops_common.answers.queue import Measurement
from ops_common.app_config import AppConfigError
from ops_common.query_database import (
    DatabaseAddress,
    DatabaseUnreachable,
    Login,
    LoginRefused,
    QueueTablesMissing,
)
from scale_workers.login import LoginCache
from scale_workers.measure import QueueGauge
from scale_workers.policy.model import NoMeasurement
from tests.unit.scale_workers.tick_world import NOW, measured, worker


class FakeDatabase:
    """Answers to one password; counts how often the secret was read."""

    def __init__(self, password: str = "old") -> None:
        self.password = password
        self.secret = password
        self.reads = 0
        self.asked: list[Login] = []
        self.fails: Exception | None = None
        self.answer: dict[str, Any] = measured(worker(1, 2)).as_json()

    def read(self) -> Login:
        self.reads += 1
        return Login(DatabaseAddress("db", 5432, "jiki_production"), "jiki", self.secret)

    def ask(
        self, request: str, login: Login, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        assert request == "measure_queue"
        assert parameters == {"look_ahead_seconds": 75}
        self.asked.append(login)
        if self.fails:
            raise self.fails
        if login.password != self.password:
            raise LoginRefused("db:5432 refused the login of jiki")
        return self.answer


def gauge(database: FakeDatabase, *, name: str = "") -> QueueGauge:
    return QueueGauge(database, database.read, LoginCache(), database=name, look_ahead_seconds=75.0)


def test_the_secret_is_read_once_in_ten_minutes() -> None:
    database = FakeDatabase()
    measure = gauge(database).measure
    for minute in range(20):
        assert isinstance(measure(NOW + timedelta(minutes=minute)), Measurement)
    assert database.reads == 2


def test_what_was_read_before_the_first_event_is_ten_minutes_old_ten_minutes_later() -> None:
    # GIVEN a process that Lambda has made ready nine minutes before its first tick
    database, cache = FakeDatabase(), LoginCache()
    cache.keep(database.read(), NOW)
    measure = QueueGauge(
        database, database.read, cache, database="", look_ahead_seconds=75.0
    ).measure
    for minutes, reads in ((9, 1), (10, 2)):
        assert isinstance(measure(NOW + timedelta(minutes=minutes)), Measurement)
        assert database.reads == reads


def test_after_a_rotation_it_is_read_anew_at_once() -> None:
    database = FakeDatabase()
    measure = gauge(database).measure
    measure(NOW)
    database.password = database.secret = "new"
    assert isinstance(measure(NOW + timedelta(minutes=1)), Measurement)
    assert database.reads == 2


def test_a_login_that_stays_refused_is_tried_twice_and_is_a_reason() -> None:
    database = FakeDatabase()
    measure = gauge(database).measure
    measure(NOW)
    database.password = "another"
    answer = measure(NOW + timedelta(minutes=1))
    assert isinstance(answer, NoMeasurement)
    assert answer.cause == LoginRefused.kind
    assert len(database.asked) == 3


def test_another_database_of_the_same_server_is_asked_where_the_queue_is_there() -> None:
    database = FakeDatabase()
    gauge(database, name="jiki_queue").measure(NOW)
    assert database.asked[0].address == DatabaseAddress("db", 5432, "jiki_queue")


@pytest.mark.parametrize(
    "failure",
    [
        DatabaseUnreachable("db:5432: timeout expired"),
        QueueTablesMissing("database jiki_production has no tables of Solid Queue"),
        AppConfigError("table config has no value for aurora_port"),
        ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke"),
        ReadTimeoutError(endpoint_url="https://lambda"),
    ],
)
def test_whatever_fails_is_a_reason_and_no_error(failure: Exception) -> None:
    database = FakeDatabase()
    database.fails = failure
    answer = gauge(database).measure(NOW)
    assert isinstance(answer, NoMeasurement)
    assert answer.why
    assert not answer.paused


def test_an_answer_of_another_shape_is_a_reason() -> None:
    database = FakeDatabase()
    database.answer = {"taken_at": "yesterday"}
    answer = gauge(database).measure(NOW)
    assert isinstance(answer, NoMeasurement)
    assert "Measurement lacks" in answer.why
