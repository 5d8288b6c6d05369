"""`SET=` word by word, and rules between parameters."""

import pytest

from cli.parameters import BadParameters, check_together, checked
from local.transform import example, source

NETWORK = example()


def test_every_word_is_read_and_an_empty_value_is_empty() -> None:
    assert checked("MaxTasks=6 AlertEmail=") == {"MaxTasks": "6", "AlertEmail": ""}
    cron = 'RotationSchedule="cron(0 9 1 * ? *)" AlternatingUsers=""'
    assert checked(cron) == {"RotationSchedule": "cron(0 9 1 * ? *)", "AlternatingUsers": ""}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("MaxTasks=6 AlertEmail", "AlertEmail"),
        ("MaxTasks =6", "MaxTasks"),
        ("6=MaxTasks", "6=MaxTasks"),
        ("MaxTasks=6 MaxTasks=7", "MaxTasks"),
        ('AlertEmail="a@b', 'AlertEmail="a@b'),
        ("MaxTask=6", "MaxTask"),
    ],
)
def test_a_word_that_is_no_parameter_is_an_error_that_names_it(given: str, named: str) -> None:
    with pytest.raises(BadParameters) as refused:
        checked(given)
    assert refused.value.names == (named,)


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"MinTasks": "20", "MaxTasks": "5"}, "MaxTasks"),
        ({"MinTasks": "0"}, "DatabaseClusterId"),
        ({"AllowMasterReset": "true"}, "DatabaseClusterId"),
    ],
)
def test_what_contradicts_itself_is_refused(overrides: dict[str, str], named: str) -> None:
    with pytest.raises(BadParameters) as refused:
        check_together(NETWORK | overrides)
    assert named in refused.value.names


def test_what_fits_together_is_taken() -> None:
    check_together(NETWORK | {"MinTasks": "0", "DatabaseClusterId": "shop"})


def test_each_rule_names_a_parameter_to_set() -> None:
    template = source()
    for name, rule in template["Rules"].items():
        for assertion in rule["Assertions"]:
            words = set(assertion["AssertDescription"].replace("=", " ").replace(",", " ").split())
            assert words & set(template["Parameters"]), name
