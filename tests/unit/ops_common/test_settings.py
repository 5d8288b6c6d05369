import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_common.settings import Environment, SettingsError


def test_reads_each_type() -> None:
    env = Environment(
        {"NAME": " web ", "COUNT": "3", "RATIO": "0.5", "FLAG": "true", "LIST": "a, b,", "ONE": "x"}
    )
    assert env.text("NAME") == "web"
    assert env.integer("COUNT") == 3
    assert env.number("RATIO") == 0.5
    assert env.flag("FLAG") is True
    assert env.names("LIST") == ("a", "b")
    assert env.choice("ONE", ("x", "y")) == "x"
    env.finish()


def test_names_every_problem_in_one_error() -> None:
    # GIVEN an environment with one variable missing and four malformed
    env = Environment({"COUNT": "many", "SMALL": "0", "FLAG": "yes", "ONE": "z", "RATIO": "nan"})
    # WHEN all are read
    env.text("NAME")
    env.integer("COUNT")
    env.integer("SMALL", at_least=1)
    env.flag("FLAG")
    env.choice("ONE", ("x", "y"))
    env.number("RATIO")
    # THEN one error names them all
    with pytest.raises(SettingsError) as error:
        env.finish()
    assert error.value.variables == ("NAME", "COUNT", "SMALL", "FLAG", "ONE", "RATIO")


def test_takes_an_empty_variable_as_absent() -> None:
    env = Environment({"PORT": ""})
    assert env.integer("PORT", 5432) == 5432
    env.finish()


def test_a_required_variable_that_is_empty_is_missing() -> None:
    env = Environment({"NAME": "  "})
    env.text("NAME")
    with pytest.raises(SettingsError) as error:
        env.finish()
    assert error.value.variables == ("NAME",)


@given(st.text())
def test_never_fails_before_finish(value: str) -> None:
    env = Environment({"X": value})
    env.text("X")
    env.integer("X")
    env.number("X")
    env.flag("X")
    env.names("X", "")
    env.choice("X", ("a",))
