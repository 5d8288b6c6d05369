"""EventBridge's operators, each as its User Guide documents it."""

from typing import Any

import pytest

from local.event_pattern import BadPattern, matches

# Condition, values that match it, values that don't.
OPERATORS: list[tuple[str, Any, list[Any], list[Any]]] = [
    ("equals", "ALARM", ["ALARM"], ["OK", "alarm", 1, None]),
    ("equals a number", 300, [300, 300.0], [301, "300", True]),
    ("equals one", 1, [1], [True]),
    ("equals true", True, [True], [1, "true", False]),
    ("empty", "", [""], [" ", None]),
    ("null", None, [None], ["", 0, False]),
    ("prefix", {"prefix": "us-"}, ["us-east-1", "us-"], ["eu-west-1", 7]),
    ("prefix, several", {"prefix": ["us-", "eu-"]}, ["us-east-1", "eu-west-1"], ["ap-south-1"]),
    ("prefix, any case", {"prefix": {"equals-ignore-case": "EventB"}}, ["eventbridge"], ["event"]),
    ("suffix", {"suffix": ".png"}, ["a.png"], ["a.PNG", "png"]),
    ("suffix, any case", {"suffix": {"equals-ignore-case": ".png"}}, ["a.PNG"], ["a.gif"]),
    ("ignore case", {"equals-ignore-case": "alice"}, ["Alice", "ALICE"], ["bob", 1]),
    ("wildcard", {"wildcard": "dir/*/*.png"}, ["dir/a/b.png", "dir//.png"], ["dir/b.png"]),
    ("wildcard, escaped", {"wildcard": r"2\*3=*"}, ["2*3=6"], ["2x3=6"]),
    ("wildcard, backslash", {"wildcard": r"a\\*"}, ["a\\b"], ["ab"]),
    ("numeric, equal", {"numeric": ["=", 3.018e2]}, [301.8], [301, "301.8", True]),
    ("numeric, range", {"numeric": [">", 0, "<=", 5]}, [1, 5], [0, 5.1, None]),
    ("cidr", {"cidr": "10.0.0.0/24"}, ["10.0.0.255"], ["10.0.1.0", "ten", 10]),
    ("cidr of version 6", {"cidr": "2001:db8::/32"}, ["2001:db8::1"], ["2001:db9::1", "10.0.0.1"]),
    ("anything but", {"anything-but": "initializing"}, ["running", 3, None], ["initializing"]),
    ("anything but numbers", {"anything-but": [1, 2]}, [3, "1"], [1, 2.0]),
    ("anything but strings", {"anything-but": ["a", "b"]}, ["c"], ["a", "b"]),
    ("anything but a prefix", {"anything-but": {"prefix": "us-"}}, ["eu-west-1"], ["us-east-1"]),
    ("anything but prefixes", {"anything-but": {"prefix": ["a", "b"]}}, ["c"], ["ax", "bx"]),
    ("anything but a suffix", {"anything-but": {"suffix": ".png"}}, ["a.gif"], ["a.png"]),
    ("anything but, any case", {"anything-but": {"equals-ignore-case": ["A", "b"]}}, ["c"], ["B"]),
    ("anything but a wildcard", {"anything-but": {"wildcard": "*/lib/*"}}, ["/a"], ["/lib/a"]),
]


@pytest.mark.parametrize(
    ("condition", "fits", "others"), [case[1:] for case in OPERATORS], ids=[c[0] for c in OPERATORS]
)
def test_operators(condition: Any, fits: list[Any], others: list[Any]) -> None:
    pattern = {"detail": {"field": [condition]}}
    assert [value for value in fits if not matches(pattern, {"detail": {"field": value}})] == []
    assert [value for value in others if matches(pattern, {"detail": {"field": value}})] == []


def test_what_is_not_there_matches_nothing_but_exists_false() -> None:
    for condition in [case[1] for case in OPERATORS]:
        assert not matches({"detail": {"field": [condition]}}, {"detail": {}})
    assert matches({"detail": {"field": [{"exists": False}]}}, {"detail": {}})
    assert matches({"detail": {"field": [{"exists": False}]}}, {})
    assert not matches({"detail": {"field": [{"exists": True}]}}, {"detail": {}})


def test_exists_reads_leaves_alone() -> None:
    pattern = {"detail": {"field": [{"exists": True}]}}
    assert matches(pattern, {"detail": {"field": None}})
    assert matches(pattern, {"detail": {"field": ["a"]}})
    assert not matches(pattern, {"detail": {"field": {"inner": 1}}})
    assert not matches(pattern, {"detail": {"field": []}})


def test_all_fields_must_match_and_one_of_the_values() -> None:
    pattern = {"source": ["aws.ecs", "aws.rds"], "detail": {"state": ["A"], "count": [1]}}
    assert matches(pattern, {"source": "aws.rds", "detail": {"state": "A", "count": 1}, "id": "x"})
    assert not matches(pattern, {"source": "aws.rds", "detail": {"state": "A", "count": 2}})


def test_of_a_list_one_value_is_enough() -> None:
    assert matches({"resources": ["b"]}, {"resources": ["a", "b"]})
    assert matches({"resources": [{"anything-but": "a"}]}, {"resources": ["a", "b"]})
    assert not matches({"resources": [{"anything-but": "a"}]}, {"resources": ["a"]})


def test_of_a_list_of_objects_one_must_match_in_all_fields() -> None:
    pattern = {"detail": {"findings": {"Severity": ["HIGH"], "State": ["NEW"]}}}
    high = {"Severity": "HIGH", "State": "OLD"}
    new = {"Severity": "LOW", "State": "NEW"}
    assert not matches(pattern, {"detail": {"findings": [high, new]}})
    assert matches(pattern, {"detail": {"findings": [new, {"Severity": "HIGH", "State": "NEW"}]}})


def test_or_stands_beside_other_fields() -> None:
    pattern = {"source": ["s"], "$or": [{"a": [1]}, {"b": {"c": [2]}}]}
    assert matches(pattern, {"source": "s", "a": 1})
    assert matches(pattern, {"source": "s", "b": {"c": 2}})
    assert not matches(pattern, {"source": "s", "a": 2})
    assert not matches(pattern, {"source": "t", "a": 1})


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": "aws.ecs"},
        {"source": []},
        {"source": [{"contains": "x"}]},
        {"source": [{"prefix": 1}]},
        {"source": [{"prefix": {"suffix": "a"}}]},
        {"source": [{"wildcard": "a**b"}]},
        {"source": [{"numeric": [">", "1"]}]},
        {"source": [{"numeric": [">"]}]},
        {"source": [{"anything-but": {"numeric": [">", 1]}}]},
        {"source": [{"anything-but": []}]},
        {"source": [{"cidr": "ten"}]},
        {"source": [{"prefix": "a", "suffix": "b"}]},
    ],
)
def test_a_pattern_that_eventbridge_refuses_is_refused(pattern: dict[str, Any]) -> None:
    with pytest.raises(BadPattern):
        matches(pattern, {"source": "aws.ecs"})
