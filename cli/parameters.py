"""Values for the template's parameters: read as the SAM CLI does, judged as CloudFormation."""

import re
import shlex
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from samcli.cli.types import CfnParameterOverridesType

from local.transform import source
from ops_common.alert_routes import BadRoutes, parse_routes

SERVICE_LISTS = ("WebServices", "WorkerServices", "OtherServices")


class BadParameters(Exception):
    """What was given isn't Name=value, or no parameter, or no value for it; the message says so."""

    def __init__(self, words: str, *names: str) -> None:
        super().__init__(words)
        self.names = names
        """The parameters at fault, or the word that is none."""


def parsed(given: Any) -> dict[str, str]:
    """Overrides as they stand on a command line or in samconfig.toml. Raises BadParameters."""
    try:
        overrides: dict[str, str] = CfnParameterOverridesType().convert(given or "", None, None)
    except Exception as error:  # click's, whose classes differ with the version
        raise BadParameters(f"expected Name=value, not {given!r}", str(given)) from error
    return overrides


def tokenised(given: str) -> dict[str, str]:
    """`Name=value …` of a command line: every word is one, an empty value is empty.

    Raises BadParameters.
    """
    try:
        words = shlex.split(given)
    except ValueError as error:
        raise BadParameters(f"{given!r}: {error}", given) from None
    overrides: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.isidentifier():
            raise BadParameters(f"expected Name=value, not {word!r}", word)
        if name in overrides:
            raise BadParameters(f"{name} is given twice", name)
        overrides[name] = value
    return overrides


def checked(given: str) -> dict[str, str]:
    """Overrides that the template takes. Raises BadParameters that names the first other one."""
    overrides, parameters = tokenised(given), source()["Parameters"]
    for name, value in overrides.items():
        if name not in parameters:
            none = f"the template has no parameter {name} (docs/configuration.md)"
            raise BadParameters(none, name)
        if complaint := refusal(name, value, parameters[name]):
            raise BadParameters(f"{name} {complaint}, not {value!r}", name)
    return overrides


def check_together(overrides: Mapping[str, str]) -> None:
    """Rules between parameters: the template's, and those that it can't say (numbers).

    Raises BadParameters.
    """
    template = source()
    values = {
        name: overrides.get(name, str(parameter.get("Default", "")))
        for name, parameter in template["Parameters"].items()
    }
    for less, more in (("MinTasks", "MaxTasks"),):
        if float(values[less]) > float(values[more]):
            raise BadParameters(
                f"{less} ({values[less]}) must not be above {more} ({values[more]})", less, more
            )
    for rule in template.get("Rules", {}).values():
        if not holds(rule.get("RuleCondition", True), values):
            continue
        for assertion in rule["Assertions"]:
            if not holds(assertion["Assert"], values):
                raise BadParameters(assertion["AssertDescription"], *_names(assertion["Assert"]))


def is_needed(name: str, overrides: Mapping[str, str]) -> bool:
    """Whether a rule of the template asks for this parameter, with these values of the others."""
    template = source()
    values = {
        each: overrides.get(each, str(parameter.get("Default", "")))
        for each, parameter in template["Parameters"].items()
    }
    return any(
        not holds(assertion["Assert"], values | {name: ""})
        and holds(assertion["Assert"], values | {name: "given"})
        for rule in template["Rules"].values()
        if holds(rule.get("RuleCondition", True), values)
        for assertion in rule["Assertions"]
    )


def holds(expression: Any, values: Mapping[str, str]) -> bool:
    """A rule's condition, as CloudFormation judges it (Equals, Not, And, Or)."""
    if isinstance(expression, bool):
        return expression
    ((function, arguments),) = expression.items()
    match function:
        case "Fn::Equals":
            left, right = (_value(each, values) for each in arguments)
            return left == right
        case "Fn::Not":
            return not holds(arguments[0], values)
        case "Fn::And":
            return all(holds(each, values) for each in arguments)
        case "Fn::Or":
            return any(holds(each, values) for each in arguments)
    raise ValueError(f"{function} is not judged here")


def _names(expression: Any) -> Iterator[str]:
    """The parameters that a condition refers to."""
    if isinstance(expression, dict):
        yield from [expression["Ref"]] if "Ref" in expression else _names(list(expression.values()))
    elif isinstance(expression, list):
        for each in expression:
            yield from _names(each)


def _value(expression: Any, values: Mapping[str, str]) -> str:
    return values[expression["Ref"]] if isinstance(expression, dict) else str(expression)


def refusal(name: str, value: str, parameter: Mapping[str, Any]) -> str:
    """What a value must be, where CloudFormation or the SAM CLI would refuse it; else nothing."""
    if not set(value).isdisjoint("\"'\\"):
        return "must have no quote and no backslash"
    if allowed := parameter.get("AllowedValues"):
        return "" if value in map(str, allowed) else f"must be {' or '.join(map(str, allowed))}"
    if parameter["Type"] == "Number":
        return _number_refusal(value, parameter)
    if name == "AlertRoutes":
        return _routes_refusal(value)
    pattern = parameter.get("AllowedPattern", ".*")
    must = parameter.get("ConstraintDescription", "is no valid value")
    if name in SERVICE_LISTS and len(set(value.split(","))) < len(value.split(",")):
        return "must not name a service twice"
    items = value.split(",") if parameter["Type"] == "CommaDelimitedList" else [value]
    if not all(re.fullmatch(pattern, item) for item in items) or (
        name == "DatabaseCidr" and value and not _is_network(value)
    ):
        return str(must)
    return ""


def _routes_refusal(value: str) -> str:
    try:
        parse_routes(value)
    except BadRoutes as error:
        return f"must be rules such as severity=critical -> C0123456789 @here ({error})"
    return ""


def _number_refusal(value: str, parameter: Mapping[str, Any]) -> str:
    least, most = parameter["MinValue"], parameter.get("MaxValue")
    try:
        fits = least <= float(value) and (most is None or float(value) <= most)
    except ValueError:
        fits = False
    if fits:
        return ""
    return f"must be a number, {least} or more" + (f" and at most {most}" if most else "")


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
