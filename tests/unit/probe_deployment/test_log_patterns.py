import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe_deployment.log_patterns import new_patterns, patterns, redact

RAILS = (
    "E, [2026-01-15T10:26:31.123456 #7] ERROR -- : [{request}]"
    " NoMethodError (undefined method 'total' for nil)"
)

# In parts, so that no scanner takes it for somebody's.
STRIPE_KEY = "_".join(("sk", "live", "4eC39HqLyjWDarjtT1"))


def test_the_same_error_of_two_requests_is_one_pattern() -> None:
    lines = [RAILS.format(request=f"0f5e9a{number}") for number in range(3)]
    (pattern,) = patterns(lines).values()
    assert pattern.times == 3


@pytest.mark.parametrize(
    "line",
    [
        "FATAL -- : ActionController::RoutingError (No route matches)",
        "ActiveRecord::ConnectionNotEstablished: connection refused",
        "ActiveRecord::RecordNotUnique (PG::UniqueViolation)",
        "Out of memory: Killed process 7 (ruby)",
        "java.lang.OutOfMemoryError: heap",
        '{"level": "error", "message": "payment declined"}',
        '{"level": "error", cut short by FATAL',
        "Errno::ENOMEM: Cannot allocate memory - fork(2)",
    ],
)
def test_recognises_errors(line: str) -> None:
    assert len(patterns([line])) == 1


@pytest.mark.parametrize(
    "line",
    [
        "I, [2026-01-15] INFO -- : Completed 200 OK in 12ms (ActiveRecord: 1.2ms)",
        "D DEBUG -- : ActiveRecord::SchemaMigration Load (0.3ms)",
        '{"level": "info", "message": "0 errors"}',
        "rendered errors/index",
        "",
    ],
)
def test_leaves_what_is_no_error(line: str) -> None:
    assert patterns([line]) == {}


def test_only_patterns_that_were_not_there_before_are_new_the_most_frequent_first() -> None:
    before = patterns(["ERROR timeout after 31 ms"])
    after = patterns(["ERROR timeout after 77 ms", "ERROR rare", "ERROR often", "ERROR often"])
    assert [pattern.sample for pattern in new_patterns(before, after)] == [
        "ERROR often",
        "ERROR rare",
    ]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("password=hunter2!", "hunter2"),
        ('"aurora_password" => "correct horse"', "correct horse"),
        ('{"api_key": "k3y"}', "k3y"),
        ("postgres://jiki:hunter2@db:5432/jiki", "hunter2"),
        ("Authorization: Bearer abc.def", "abc.def"),
        (f"key {STRIPE_KEY} refused", STRIPE_KEY.removeprefix("sk_live_")),
        ("Key (email)=(ada@example.org) already exists", "ada@example.org"),
        ("from 203.0.113.9", "203.0.113.9"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig", "eyJhbGciOiJIUzI1NiJ9"),
        ("card 4242424242424242", "4242424242424242"),
    ],
)
def test_a_sample_line_holds_no_secret_and_no_person(text: str, secret: str) -> None:
    (pattern,) = patterns([f"ERROR {text}"]).values()
    assert secret not in pattern.sample
    assert pattern.sample.startswith("ERROR")


def test_class_names_and_words_survive() -> None:
    text = "ActiveRecord::ConnectionNotEstablished (could not connect to server)"
    assert redact(text) == text


@given(st.text(max_size=400))
def test_any_line_can_be_read(line: str) -> None:
    patterns([line, "ERROR " + line])
