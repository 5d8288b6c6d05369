"""Calls of the init phase: what fails or takes long there is left to the handler."""

import threading
import time
from collections.abc import Iterator

import pytest

from ops_common.early_calls import Call, make_early
from ops_common.settings import SettingsError

SECRET = "s3cret"


class Made:
    """Which calls were made; `failing` says what it read in its error, as botocore might."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def call(self, name: str) -> Call:
        return lambda: self.names.append(name)

    def failing(self) -> None:
        self.names.append("failing")
        raise ValueError(SECRET)


def test_the_calls_are_made_in_their_order() -> None:
    made = Made()
    make_early(lambda: [made.call("first"), made.call("second")])
    assert made.names == ["first", "second"]


def test_one_that_fails_holds_up_no_other_and_its_words_are_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = Made()
    make_early(lambda: [made.failing, made.call("next")])
    assert made.names == ["failing", "next"]
    (record,) = caplog.records
    assert record.__dict__["kind"] == "ValueError"
    assert SECRET not in str(record.__dict__)


def test_settings_that_are_wrong_are_the_handlers_to_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def calls() -> list[Call]:
        raise SettingsError([("OPS_TABLE_NAME", "is missing")])

    make_early(calls)
    (record,) = caplog.records
    assert record.__dict__["kind"] == "SettingsError"


def test_one_that_hangs_is_not_waited_for_and_none_is_made_after_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    released, ended, made = threading.Event(), threading.Event(), Made()

    def hanging() -> None:
        released.wait()
        made.failing()

    def calls() -> Iterator[Call]:
        try:
            yield hanging
            yield made.call("after it")
        finally:
            ended.set()

    before = time.monotonic()
    make_early(calls, seconds=0.05)
    assert time.monotonic() - before < 2
    released.set()
    assert ended.wait(10)
    assert made.names == ["failing"]
    # Its error comes when an event may be handled already: the delay alone is logged.
    assert [one.__dict__["kind"] for one in caplog.records] == ["TimeoutError"]


def test_without_a_region_none_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    made = Made()
    make_early(lambda: [made.call("first")])
    assert not made.names
