"""Every line is read in linear time, and a long one as fast as a short one, for it is cut first."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe_deployment.logs import count, first_error, redact

KEYS = ["level", "status", "error", "exception", "message", "log", "payload"]
LIMIT_SECONDS = 0.3
"""A slow machine under load takes a tenth of it for the worst of these."""
LONG = [
    "a" * 1_000_000,
    "a-" * 500_000,
    "a." * 500_000,
    "a@" * 500_000,
    "A::" * 300_000,
    "[" * 1_000_000,
    "[a] " * 250_000,
    "{" * 1_000_000,
    '{"a":' * 200_000,
    '"' * 1_000_000,
    "'\\" * 500_000,
    "password=" * 100_000,
    "status=200 " * 100_000,
    "error='" * 140_000,
    "://" * 300_000,
    "1234 " * 200_000,
    "::1" * 300_000,
    "0123456789abcdef" * 60_000,
    "\x1b[31m" * 200_000,
    "Error: " * 140_000,
    "exec: " * 160_000,
    "at app/models/" * 70_000,
    "x\n" * 500_000,
]


@pytest.mark.parametrize("number", range(len(LONG)))
@pytest.mark.parametrize("before", ["", "[0f5e] NoMethodError (undefined method 'x' for \""])
def test_no_line_takes_long(number: int, before: str) -> None:
    started = time.process_time()
    line = before + LONG[number]
    first_error(line)
    redact(line)
    assert time.process_time() - started < LIMIT_SECONDS


def test_a_minute_of_a_busy_app_takes_seconds() -> None:
    lines = [
        f'[0f5e9a1c-0000-4000-8000-{number:012}] Started GET "/lessons/{number}" for 10.1.0.9'
        if number % 2
        else f"[0f5e9a1c-0000-4000-8000-{number:012}] Completed 200 OK in 12ms (Views: 1.1ms)"
        for number in range(20_000)
    ]
    started = time.process_time()
    assert count([lines]) == {}
    assert time.process_time() - started < 5


@given(st.text(max_size=400))
def test_any_line_can_be_read(line: str) -> None:
    count([[line, "ERROR " + line]])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(KEYS),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_any_json_can_be_read(value: object) -> None:
    count([[json.dumps(value), "[a] " + json.dumps({"exception": value})]])
