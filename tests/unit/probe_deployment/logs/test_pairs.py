"""Whether an error is new against those before."""

import pytest

from probe_deployment.logs import Change, compare, count
from probe_deployment.logs.compare import chance, change


def worse(before: list[str], after: list[str]) -> list[Change]:
    compared = compare(count([before]), count([after]))
    return [each.change for each in compared if each.change in (Change.NEW, Change.SURGE)]


def rails(text: str, request: int = 1) -> str:
    return f"[0f5e9a1c-0000-4000-8000-{request:012}] {text}"


SAME = [
    (
        "NoMethodError (undefined method `x' for nil:NilClass):",
        "NoMethodError (undefined method 'x' for nil):",
    ),
    # Ruby 3.3 and 3.4 word it anew: an upgrade brings no error.
    (
        "NoMethodError (undefined method `x' for #<Order id: 5>):",
        "NoMethodError (undefined method 'x' for an instance of Order):",
    ),
    # A person's name, amounts, dates.
    ("ERROR Geocoding failed for 'Zürich'", "ERROR Geocoding failed for 'Łódź'"),
    ("ERROR order #81: 12.50 EUR", "ERROR order #9: 1,250.00 EUR"),
    ('ArgumentError (invalid date: "2026-13-01"):', 'ArgumentError (invalid date: "31/02/2026"):'),
    ("RuntimeError (order 81 not saved):", "RuntimeError (order 1094 not saved):"),
    ("RuntimeError (no user ada@example.org):", "RuntimeError (no user bob@example.org):"),
    (
        "Stripe::CardError (No such card: 'card_1NffrFeUfNV2Hib'):",
        "Stripe::CardError (Your card was declined.):",
    ),
    (
        "TypeError (no implicit conversion of #<User:0x00007f1> into String):",
        "TypeError (no implicit conversion of #<User:0x00009a2> into String):",
    ),
    (
        "JSON::ParserError (unexpected token at 'abc'):",
        "JSON::ParserError (unexpected token at 'x y'):",
    ),
    (
        'PG::UndefinedTable: ERROR:  relation "users" does not exist at character 15',
        'PG::UndefinedTable: ERROR:  relation "users" does not exist at character 92',
    ),
    # Ids of Stripe, ULIDs, short ones, and files of an upload.
    ("RuntimeError (pi_3mtwb7lkd9 failed):", "RuntimeError (pi_9kq2bw1k7i failed):"),
    ("RuntimeError (no 01ARZ3NDEKTSV4RRFFQ6):", "RuntimeError (no 01BX5ZZKBKACTAV9WEV2):"),
    ("RuntimeError (no user-k3j9x8):", "RuntimeError (no user-m2p4q7):"),
    (
        "Errno::ENOENT (No such file @ rb_sysopen - /tmp/RackMultipart2026-1-abc1x):",
        "Errno::ENOENT (No such file @ rb_sysopen - /tmp/RackMultipart2026-7-zzq9k):",
    ),
    # Lists of ids, addresses, and what was given where something else was expected.
    ("RuntimeError (no seats for [7, 12]):", "RuntimeError (no seats for [9]):"),
    (
        "SolidQueue-1.2.3 Fail claimed jobs (2ms)  job_ids: [8, 9], process_ids: [7]",
        "SolidQueue-1.2.4 Fail claimed jobs (9ms)  job_ids: [40], process_ids: [9], x: ['a']",
    ),
    (
        "RuntimeError (GET https://x.io/v1/ada: 503):",
        "RuntimeError (GET https://x.io/v1/bob: 503):",
    ),
    ("ERROR webhook evt_1PqXyZabcDEF failed", "ERROR webhook evt_1QzzyZqwertY failed"),
    (
        'ArgumentError (invalid value for Integer(): "abc"):',
        'ArgumentError (invalid value for Integer(): "12 apples"):',
    ),
    (
        'PG::InvalidTextRepresentation: ERROR:  invalid input syntax for type uuid: "abc"',
        'PG::InvalidTextRepresentation: ERROR:  invalid input syntax for type uuid: "me-too"',
    ),
]
OTHER = [
    # A digit makes no id of a name.
    (
        "NameError (uninitialized constant OAuth2Client):",
        "NameError (uninitialized constant S3Uploader):",
    ),
    (
        "NameError (uninitialized constant Order::Total):",
        "NameError (uninitialized constant Order::Tax):",
    ),
    (
        "LoadError (cannot load such file -- vips):",
        "LoadError (cannot load such file -- image_processing):",
    ),
    (
        'PG::NotNullViolation: ERROR:  null value in column "plan"',
        'PG::NotNullViolation: ERROR:  null value in column "slug"',
    ),
    (
        'Errno::ECONNREFUSED (Connection refused - connect(2) for "db" port 5432):',
        'Errno::ECONNREFUSED (Connection refused - connect(2) for "db" port 6379):',
    ),
    (
        "Faraday::TimeoutError (execution expired):",
        "Faraday::ServerError (the server responded with status 500):",
    ),
    (
        "ArgumentError (wrong number of arguments (given 1, expected 0)):",
        "ArgumentError (missing keyword: :plan):",
    ),
    (
        "RuntimeError (GET https://x.io/v1/ada: 503):",
        "RuntimeError (GET https://y.io/v1/ada: 503):",
    ),
    (
        'PG::InvalidTextRepresentation: ERROR:  invalid input value for enum plan: "gold"',
        'PG::InvalidTextRepresentation: ERROR:  invalid input value for enum plan: "free"',
    ),
    (
        '{"name":"active_job.discarded","payload":{"job_class":"A","exception_class":"KeyError"}}',
        '{"name":"active_job.discarded","payload":{"job_class":"B","exception_class":"KeyError"}}',
    ),
]


@pytest.mark.parametrize(("before", "after"), SAME)
def test_one_error_in_two_requests_is_the_same(before: str, after: str) -> None:
    assert worse([rails(before)], [rails(after, 2)]) == []


@pytest.mark.parametrize(("before", "after"), OTHER)
def test_another_place_is_another_error(before: str, after: str) -> None:
    assert worse([rails(before)], [rails(after, 2)]) == [Change.NEW]


def test_the_app_s_own_line_keeps_two_errors_apart_that_read_alike() -> None:
    error = rails("Faraday::TimeoutError (execution expired):")
    orders, mails = rails("app/models/order.rb:12:in 'Order#pay'"), rails("app/jobs/mail_job.rb:3")
    moved = rails("app/models/order.rb:19:in 'Order#pay'")
    library = rails("/usr/local/bundle/gems/faraday-2.1/lib/faraday.rb:9:in 'call'")
    assert worse([error, library, orders], [error, library, moved]) == []
    assert worse([error, library, orders], [error, library, mails]) == [Change.NEW]


def test_rows_of_one_event_or_of_several_are_the_same_error() -> None:
    rows = [rails("KeyError (key not found: :plan):"), rails("app/models/plan.rb:3:in 'Plan.find'")]
    assert worse(["\n".join(rows)], rows) == []


def test_what_a_task_was_given_up_for_decides() -> None:
    assert worse([], ["rake aborted!", "SignalException: SIGTERM"]) == []
    assert worse([], ["rake aborted!", "PG::ConnectionBad: FATAL:  no such role"]) == [Change.NEW]
    assert worse([], ["bin/rails aborted!"]) == [Change.NEW]


def test_a_job_fails_in_two_ways() -> None:
    job = "[{0}] Error performing MailJob (Job ID: {0}) from SolidQueue(mail) in 9ms: {1}"
    before = job.format("a1", "Net::ReadTimeout (Net::ReadTimeout):")
    assert worse([before], [job.format("b2", "Net::ReadTimeout (Net::ReadTimeout):")]) == []
    assert worse([before], [job.format("b2", "KeyError (key not found: :to):")]) == [Change.NEW]


@pytest.mark.parametrize(
    ("before", "after", "exposure", "expected"),
    [
        (0, 1, 1.0, Change.NEW),
        (1, 0, 1.0, Change.GONE),
        (40, 44, 1.0, Change.KNOWN),
        (3, 9, 1.0, Change.KNOWN),  # by chance: 7 in a hundred
        (10, 40, 1.0, Change.SURGE),
        (1, 5000, 1.0, Change.SURGE),
        (60, 40, 4.0, Change.KNOWN),  # of a quarter of the time: 2.7 times the rate
        (60, 60, 4.0, Change.SURGE),
        (1, 2, 3600.0, Change.KNOWN),  # in the first second after: too few
    ],
)
def test_a_known_error_surges_when_its_rate_does(
    before: int, after: int, exposure: float, expected: Change
) -> None:
    assert change(before, after, exposure) is expected


def test_the_chance_is_the_binomial_s() -> None:
    assert chance(0, 10, 1.0) == pytest.approx(0.5**10)
    assert chance(1, 1, 1.0) == pytest.approx(0.75)
    assert chance(100_000, 100_000, 1.0) == pytest.approx(0.5, abs=0.01)
