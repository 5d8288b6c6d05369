"""How services share the database's connections."""

from hypothesis import given
from hypothesis import strategies as st

from scale_workers.policy.budget import Demand, shares


def test_what_fits_is_given_and_the_rest_is_anybody_s() -> None:
    demands = {"critical": Demand(1, 3, 1), "bulk": Demand(0, 4, 2)}
    assert shares(10, demands) == {"critical": 6, "bulk": 7}


def test_what_does_not_fit_is_divided_by_need_beyond_the_minimum() -> None:
    # GIVEN that the first to ask holds everything
    demands = {"critical": Demand(1, 5, 1), "bulk": Demand(0, 12, 9)}
    found = shares(10, demands)
    # THEN it is to shrink, and the other grows only into what is free
    assert found == {"critical": 1, "bulk": 7}
    demands["bulk"] = Demand(0, 12, 7)
    assert shares(10, demands) == {"critical": 3, "bulk": 7}


def test_minimums_win_over_the_budget() -> None:
    assert shares(3, {"a": Demand(2, 9, 2), "b": Demand(2, 9, 2)}) == {"a": 2, "b": 2}


@given(
    st.integers(0, 60),
    st.dictionaries(
        st.sampled_from("abcd"),
        st.tuples(st.integers(0, 5), st.integers(0, 40), st.integers(0, 30)),
        min_size=2,
    ),
)
def test_growth_never_takes_connections_that_are_not_there(
    total: int, given_needs: dict[str, tuple[int, int, int]]
) -> None:
    demands = {name: Demand(*each) for name, each in given_needs.items()}
    found = shares(total, demands)
    held = sum(demand.held for demand in demands.values())
    for name, demand in demands.items():
        growth = max(0, found[name] - demand.held)
        assert growth == 0 or held + growth <= total
        # Nobody is pressed below what is required while all of that fits.
        if sum(max(one.least, one.required) for one in demands.values()) <= total:
            assert found[name] >= min(demand.held, max(demand.least, demand.required))


def test_where_not_even_the_minimums_fit_nobody_gets_more_than_its_minimum() -> None:
    assert shares(3, {"a": Demand(2, 9, 0), "b": Demand(2, 9, 0)}) == {"a": 2, "b": 2}


def test_where_the_minimums_alone_do_not_fit_nothing_is_left_to_divide() -> None:
    assert shares(3, {"a": Demand(2, 1, 0), "b": Demand(2, 2, 1)}) == {"a": 2, "b": 2}
