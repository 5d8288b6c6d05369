"""Where a story is told."""

import pytest

from ops_common.alert_routes import (
    BadRoutes,
    Destination,
    find_destination,
    is_handle,
    mention_markup,
    parse_routes,
    with_ids,
)
from tests.outputs import text_of

ROUTES = parse_routes(
    "severity=critical -> C0AAAAAAA @S0ONCALL; team=pay*, environment=staging -> C0DDDDDDD;"
    " team=payments -> C0BBBBBBB ; * -> C0CCCCCCC"
)

LABELS = ({"severity": "critical", "team": "payments"}, {"team": "payments"}, {})


@pytest.mark.parametrize(
    ("labels", "destination"),
    [
        ({"severity": "critical", "team": "payments"}, Destination("C0AAAAAAA", "@S0ONCALL")),
        ({"severity": "warning", "team": "payments"}, Destination("C0BBBBBBB")),
        (
            {"severity": "warning", "team": "payments", "environment": "staging"},
            Destination("C0DDDDDDD"),
        ),
        ({"severity": "warning"}, Destination("C0CCCCCCC")),
        ({}, Destination("C0CCCCCCC")),
    ],
)
def test_the_first_rule_that_fits_counts(labels: dict[str, str], destination: Destination) -> None:
    assert find_destination(labels, ROUTES) == destination


def test_the_page_s_rules_can_be_read() -> None:
    routes = parse_routes(text_of("routes"))
    assert [find_destination(labels, routes).channel for labels in LABELS] == [
        "C0AAAAAAA",
        "C0BBBBBBB",
        "C0CCCCCCC",
    ]


def test_without_a_rule_that_fits_it_is_the_stack_s_own_channel() -> None:
    routes = parse_routes("team=payments -> C0BBBBBBB")
    assert find_destination({"team": "search"}, routes) == Destination()
    assert parse_routes("") == parse_routes(" ; ") == ()


@pytest.mark.parametrize(
    "text",
    [
        "severity=critical",
        "severity=critical ->",
        "severity=critical -> #ops",
        "severity=bad -> C0AAAAAAA",
        "critical -> C0AAAAAAA",
        "team= -> C0AAAAAAA",
        "-> C0AAAAAAA",
        "* -> C0AAAAAAA oncall",
        "* -> C0AAAAAAA @a @b",
        "* -> C0AAAAAAA; team=a -> C0BBBBBBB",
        "team=a -> C0AAAAAAA; nonsense; * -> C0BBBBBBB",
    ],
)
def test_a_wrong_rule_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(BadRoutes):
        parse_routes(text)


def test_every_wrong_rule_is_named() -> None:
    with pytest.raises(BadRoutes) as caught:
        parse_routes("one -> C0AAAAAAA; two -> #x")
    assert caught.value.rules == ("one -> C0AAAAAAA", "two -> #x")


@pytest.mark.parametrize(
    ("mention", "markup"),
    [
        ("@here", "<!here>"),
        ("@U0123456789", "<@U0123456789>"),
        ("@S0123456789", "<!subteam^S0123456789>"),
        ("@oncall", "@oncall"),
        ("", ""),
    ],
)
def test_a_mention_calls(mention: str, markup: str) -> None:
    assert mention_markup(mention) == markup


def test_a_handle_becomes_the_id_that_slack_calls_by() -> None:
    routes = parse_routes("severity=critical -> C0AAA @oncall; a=b -> C0BBB @nobody; * -> C0CCC")
    found = [route.destination for route in with_ids(routes, {"oncall": "S0AAA"})]
    assert found == [("C0AAA", "@S0AAA"), ("C0BBB", "@nobody"), ("C0CCC", "")]


def test_a_handle_must_be_asked_for() -> None:
    handles = [name for name in ("@here", "@U0123456789", "@oncall", "") if is_handle(name)]
    assert handles == ["@oncall"]
