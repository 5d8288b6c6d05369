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
    "given",
    [
        "MaxTasks",
        "Maxtasks=6",
        "AlarmSet=most",
        "MaxTasks=many",
        "QueueLatencySeconds=0",
        "VpcId=jiki",
        "DatabaseCidr=10.1.0.0/99",
    ],
)
def test_what_the_template_refuses_is_named(given: str) -> None:
    with pytest.raises(BadParameters) as caught:
        checked(given)
    assert caught.value.names == (given.partition("=")[0],)


def test_every_number_of_the_template_has_a_least_value() -> None:
    for name, parameter in source()["Parameters"].items():
        if parameter["Type"] == "Number":
            assert parameter.keys() & {"MinValue", "AllowedValues"}, name
