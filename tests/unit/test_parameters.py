"""Values for parameters, as the template takes them."""

import pytest

from cli.parameters import BadParameters, checked
from local.transform import source


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", {}),
        ("MaxTasks=6 AlarmSet=all", {"MaxTasks": "6", "AlarmSet": "all"}),
        ('RotationSchedule=""', {"RotationSchedule": ""}),
        ('CanarySchedule="rate(5 minutes)"', {"CanarySchedule": "rate(5 minutes)"}),
    ],
)
def test_what_the_template_takes_is_read(given: str, expected: dict[str, str]) -> None:
    assert checked(given) == expected


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("MaxTasks", "expected Name=value, not 'MaxTasks'"),
        ("Maxtasks=6", "no parameter Maxtasks"),
        ("AlarmSet=most", "AlarmSet must be own or essential or all, not 'most'"),
        ("MaxTasks=many", "MaxTasks must be a number"),
        ("QueueLatencySeconds=0", "QueueLatencySeconds must be a number, 1 or more, not"),
        ("VpcId=jiki", "VpcId must be the id of a VPC"),
        ("DatabaseCidr=10.1.0.0/99", "DatabaseCidr must be an IPv4 range"),
    ],
)
def test_what_the_template_refuses_is_named_with_what_it_must_be(
    given: str, complaint: str
) -> None:
    with pytest.raises(BadParameters, match=complaint):
        checked(given)


def test_every_number_of_the_template_has_a_least_value() -> None:
    for name, parameter in source()["Parameters"].items():
        if parameter["Type"] == "Number":
            assert parameter.keys() & {"MinValue", "AllowedValues"}, name
