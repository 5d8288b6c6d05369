"""What people read of a parameter's value that the template refuses."""

import pytest

from cli.parameters import BadParameters, checked


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("MaxTasks", "expected Name=value, not 'MaxTasks'"),
        ("Maxtasks=6", "the template has no parameter Maxtasks (docs/configuration.md)"),
        ("AlarmSet=most", "AlarmSet must be own or essential or all, not 'most'"),
        ("MaxTasks=many", "MaxTasks must be a number, 1 or more and at most 1000, not 'many'"),
        ("VpcId=jiki", "VpcId must be the id of a VPC, vpc-…, not 'jiki'"),
    ],
)
def test_a_refused_value_is_said_with_what_it_must_be(given: str, words: str) -> None:
    with pytest.raises(BadParameters) as error:
        checked(given)
    assert str(error.value) == words
