"""The built template with the addresses of stand-ins in it: for the emulator alone.

No parameter of template.yaml can point a function at another AWS, another Slack or another CA: the
variables are declared there, and empty.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_dump, yaml_parse

AWS = "AWS_ENDPOINT_URL"
ECS = "AWS_ENDPOINT_URL_ECS"
SLACK = "SLACK_API_URL"
DATABASE_CA = "DATABASE_CA_CERTIFICATE"
HEALTH_CHECK_CA = "HEALTH_CHECK_CA_CERTIFICATE"


class NotDeclared(Exception):
    """The template declares no empty variables of those names."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(sorted(names))
        super().__init__(", ".join(self.names))


def with_endpoints(template: Path, endpoints: Mapping[str, str]) -> Path:
    """A copy beside the template, with these variables filled in wherever they are declared.

    Raises NotDeclared.
    """
    content = yaml_parse(template.read_text())
    filled: set[str] = set()
    for variables in _declared(content):
        for name in set(endpoints) & set(variables):
            variables[name] = endpoints[name]
            filled.add(name)
    if missing := set(endpoints) - filled:
        raise NotDeclared(missing)
    copy = template.with_name(f"local-{template.name}")
    copy.write_text(yaml_dump(content))
    return copy


def _declared(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    holders = [content["Globals"]["Function"]]
    holders += [
        each["Properties"] for each in content["Resources"].values() if "Properties" in each
    ]
    return [
        holder["Environment"]["Variables"]
        for holder in holders
        if "Variables" in holder.get("Environment", {})
    ]
