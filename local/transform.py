"""The template as CloudFormation sees it: transformed by SAM, with its functions resolved."""

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from samcli.lib.translate.sam_template_validator import SamTemplateValidator
from samcli.yamlhelper import yaml_parse

from local.ministack import ACCOUNT_ID, REGION
from paths import ROOT

PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT_ID,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "jiki-ops",
    "AWS::URLSuffix": "amazonaws.com",
}
EXAMPLE = ROOT / "examples" / "jiki.toml"
EVERY_FUNCTION = {
    "SlackSigningSecret": "/jiki-ops/slack-signing-secret",
    "SlackApp": "T0JIKIOPS/A0JIKIOPS",
}
"""Parameters with which the stack has all functions; without them nothing answers Slack."""
_NOTHING = object()


class _NoManagedPolicies:
    """The roles of the template are written out; no managed policy is ever read."""

    def load(self) -> dict[str, str]:
        return {}


@cache
def source() -> dict[str, Any]:
    """template.yaml as it is written; to be read, not changed. Reading it takes half a second."""
    template: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return template


@cache
def example() -> dict[str, str]:
    """Jiki's parameters of production, as its example file gives them.

    But for AlarmFilter: the alarms of events/ and of the stories have names of every kind.
    """
    sections = tomllib.loads(EXAMPLE.read_text())
    given = sections["production"]["deploy"]["parameters"]["parameter_overrides"]
    pairs = (each.partition("=") for each in given)
    return {name: value for name, _, value in pairs if name != "AlarmFilter"}


def stack(parameters: Mapping[str, str]) -> dict[str, Any]:
    """As `resolved`, of a stack with these parameters and nothing of the example's."""
    return _Resolver(transformed(), parameters).resources()


@cache
def transformed() -> dict[str, Any]:
    """The template after the SAM transform, its intrinsic functions still in place."""
    validator = SamTemplateValidator(deepcopy(source()), _NoManagedPolicies(), region=REGION)
    template: dict[str, Any] = yaml_parse(validator.get_translated_template_if_valid())
    return template


def resolved(parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The resources that the example's stack has with these parameters, by logical id.

    A reference to a resource becomes `<LogicalId>`, an attribute `<LogicalId.Attribute>`.
    """
    template = transformed()
    return _Resolver(template, example() | dict(parameters or {})).resources()


class _Resolver:
    def __init__(self, template: Mapping[str, Any], given: Mapping[str, str]) -> None:
        self._resources = template["Resources"]
        self._conditions = template.get("Conditions", {})
        self._parameters: dict[str, Any] = dict(PSEUDO_PARAMETERS)
        for name, parameter in template["Parameters"].items():
            value = str(given.get(name, parameter.get("Default", "")))
            is_list = parameter["Type"].startswith(("List", "CommaDelimitedList"))
            self._parameters[name] = value.split(",") if is_list else value
        unknown = set(given) - set(template["Parameters"])
        if unknown:
            raise KeyError(f"the template has no parameter {', '.join(sorted(unknown))}")

    def resources(self) -> dict[str, Any]:
        return {
            name: self._value(resource)
            for name, resource in self._resources.items()
            if "Condition" not in resource or self._holds(resource["Condition"])
        }

    def _holds(self, name: str) -> bool:
        return bool(self._value(self._conditions[name]))

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            items = [self._value(item) for item in value]
            return [item for item in items if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return self._reference(argument)
            if name == "Condition" and isinstance(argument, str):
                return self._holds(argument)
            if name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        items_by_name = {name: self._value(item) for name, item in value.items()}
        return {name: item for name, item in items_by_name.items() if item is not _NOTHING}

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        return self._parameters.get(name, f"<{name}>")

    def _function(self, name: str, argument: Any) -> Any:
        match name:
            case "GetAtt":
                return f"<{argument if isinstance(argument, str) else '.'.join(argument)}>"
            case "If":
                condition, then, otherwise = argument
                return self._value(then if self._holds(condition) else otherwise)
            case "Sub":
                return self._substitute(argument)
            case "Join":
                separator, items = argument
                return separator.join(str(item) for item in self._value(items))
            case "Split":
                separator, text = argument
                return self._value(text).split(separator)
            case "Select":
                place, items = argument
                return self._value(items)[int(place)]
        return self._condition(name, self._value(argument))

    def _condition(self, name: str, values: list[Any]) -> bool:
        match name:
            case "Equals":
                left, right = values
                return bool(left == right)
            case "Not":
                return not values[0]
            case "And":
                return all(values)
            case "Or":
                return any(values)
        raise ValueError(f"Fn::{name} is not resolved here")

    def _substitute(self, argument: Any) -> str:
        text, extra = (argument, {}) if isinstance(argument, str) else argument

        def replace(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in extra:
                return str(self._value(extra[name]))
            return str(self._reference(name))

        return re.sub(r"\$\{([^}]+)\}", replace, text)
