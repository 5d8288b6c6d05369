"""Which processes can be working, told from their rows."""

from dataclasses import replace

import pytest

from query_database.processes import (
    Process,
    maintains_limits,
    queue_list,
    replaced,
    threads_and_queues,
    working,
)

SUPERVISOR = Process(1, "Supervisor(fork)", "ip-1", "", None, 300.0, 20.0)
WORKER = Process(2, "Worker", "ip-1", "three", 1, 299.9, 20.0)


def started(number: int, seconds_ago: float, **changes: object) -> Process:
    young = replace(WORKER, id=number, age_seconds=seconds_ago, heartbeat_age_seconds=seconds_ago)
    return replace(young, **changes)


def test_a_younger_row_of_the_same_kind_stands_for_a_replacement() -> None:
    silent = replace(WORKER, heartbeat_age_seconds=30.0)
    rows = [SUPERVISOR, silent, started(3, 25)]
    assert replaced(rows) == {2}
    assert working(rows, {2}) == {1, 3}


def test_one_with_a_heartbeat_since_was_not_replaced() -> None:
    beaten = replace(WORKER, heartbeat_age_seconds=5.0)
    assert replaced([SUPERVISOR, beaten, started(3, 25)]) == set()


def test_each_replacement_stands_for_one() -> None:
    silent = replace(WORKER, heartbeat_age_seconds=40.0)
    rows = [SUPERVISOR, silent, started(3, 30), started(4, 20), started(5, 10)]
    assert replaced(rows) == {2, 3, 4}


def test_of_several_the_one_without_claims_is_taken_for_dead() -> None:
    busy = replace(WORKER, heartbeat_age_seconds=50.0, in_flight=3)
    idle = replace(WORKER, id=3, heartbeat_age_seconds=40.0)
    assert replaced([SUPERVISOR, busy, idle, started(4, 10)]) == {3}
    # Its supervisor fails what it held before it starts another.
    assert replaced([SUPERVISOR, busy, started(4, 10)]) == set()


def test_those_that_register_while_a_supervisor_starts_replace_nobody() -> None:
    at_boot = [started(2, 20), started(3, 18), started(4, 15)]
    assert replaced([SUPERVISOR, *at_boot]) == set()
    assert replaced([SUPERVISOR, *at_boot, started(5, 14)]) == {2}


def test_a_claim_behind_an_overdue_heartbeat_shows_a_longer_interval() -> None:
    idle = replace(WORKER, id=3, heartbeat_age_seconds=115.0)
    busy = replace(WORKER, heartbeat_age_seconds=110.0, claim_age_seconds=2.0)
    assert working([busy, idle], set()) == {2, 3}
    assert working([idle], set()) == set()
    assert working([replace(busy, claim_age_seconds=120.0), idle], set()) == set()


@pytest.mark.parametrize(
    ("metadata", "maintains"),
    [
        ('{"batch_size":500,"concurrency_maintenance_interval":600}', True),
        ('{"batch_size":500}', False),
        ("", True),
        ("[]", True),
    ],
)
def test_a_dispatcher_says_whether_it_maintains_the_limits(metadata, maintains) -> None:
    assert maintains_limits(replace(WORKER, metadata=metadata)) is maintains


@pytest.mark.parametrize(
    "other",
    [
        started(3, 25, metadata="five"),
        started(3, 25, supervisor_id=9),
        started(3, 25, kind="Dispatcher"),
        started(3, 299.5),
    ],
)
def test_others_replace_nobody(other: Process) -> None:
    silent = replace(WORKER, heartbeat_age_seconds=299.0)
    assert replaced([SUPERVISOR, silent, other]) == set()


@pytest.mark.parametrize(("age", "works"), [(60.0, True), (70.0, True), (70.1, False)])
def test_an_interval_and_a_little_without_a_heartbeat_is_not_working(age, works) -> None:
    assert (2 in working([replace(WORKER, heartbeat_age_seconds=age)], set())) is works


@pytest.mark.parametrize(
    ("metadata", "read"),
    [
        ("not JSON", (0, None)),
        ("[]", (0, None)),
        ("", (0, None)),
        ('{"thread_pool_size":5}', (5, None)),
        ('{"queues":"a,b*","thread_pool_size":3}', (3, "a,b*")),
        # Solid Queue 1.6 and later; fibers run a job each, too.
        ('{"polling_interval":0.1,"queues":"*","pool_type":"thread","pool_size":3}', (3, "*")),
        ('{"queues":"llm","pool_type":"fiber","pool_size":50}', (50, "llm")),
        ('{"queues":"*","thread_pool_size":null}', (0, "*")),
        ('{"queues":"*","thread_pool_size":"many"}', (0, "*")),
    ],
)
def test_a_worker_s_own_row_says_its_threads_and_queues(metadata, read) -> None:
    assert threads_and_queues(metadata) == read


LIST, ONE = ("low", "limited"), ("low,limited",)


@pytest.mark.parametrize(
    ("written", "age", "waits", "taken", "read_as"),
    [
        ("low,limited", 90, {"low": 90.0}, set(), ONE),
        ("low,limited", 90, {}, {"low,limited"}, ONE),
        # It is young, the jobs are, or something was taken.
        ("low,limited", 30, {"low": 90.0}, set(), LIST),
        ("low,limited", 90, {"low": 30.0}, set(), LIST),
        ("low,limited", 90, {"low": 90.0}, {"limited"}, LIST),
        # A list is joined without a blank.
        ("low, limited", 1, {}, set(), ("low, limited",)),
        ("low, limited", 90, {"low": 90.0}, {"low, limited"}, ("low, limited",)),
        ("low, limited", 90, {"low": 90.0}, {"low"}, LIST),
        (" low ", 90, {"low": 90.0}, set(), ("low",)),
        ("low", 90, {"low": 90.0}, set(), ("low",)),
        # In one text a star stands for no list of its own.
        ("low,*", 90, {"low": 90.0}, set(), ("low,*",)),
        ("low,*", 90, {"low": 90.0}, {"mail"}, ("low", "*")),
        ("low,mail*", 90, {"mailers": 90.0}, set(), ("low,mail*",)),
        ("low,mail*", 90, {"mailers": 90.0}, {"mailers"}, ("low", "mail*")),
        ("low,mail*", 90, {"email": 90.0}, set(), ("low", "mail*")),
        ("low, mail*", 1, {}, set(), ("low, mail*",)),
        # Solid Queue takes an empty list for all queues.
        ("", 90, {}, set(), ("*",)),
        (None, 90, {}, set(), ()),
    ],
)
def test_a_list_is_read_as_solid_queue_reads_it(written, age, waits, taken, read_as) -> None:
    assert queue_list(written, age, waits, taken, {*waits, *taken}) == read_as


@pytest.mark.parametrize(
    ("written", "taken", "read_as"),
    [
        ("a,b", set(), ("a,b",)),
        ("a,b", {"a,b"}, ("a,b",)),
        ("a,b", {"b"}, ("a", "b")),
        ("a,b,c", {"c"}, ("a,b", "c")),
        ("c, a,b", set(), ("c", "a,b")),
        ("a,b,*", {"mail"}, ("a,b", "*")),
        ("b,a", {"c"}, ("b", "a")),
        (",a", set(), ("a",)),
    ],
)
def test_a_queue_whose_name_has_a_comma_is_one_of_the_list(written, taken, read_as) -> None:
    assert queue_list(written, 1, {}, taken, {"a,b", "c", *taken}) == read_as
