"""docs/configuration.md: every parameter of the template, and what it is for."""

from typing import Any

from local.transform import source

INTRODUCTION = """\
# Configuration

Every parameter of `template.yaml`, by the groups in which CloudFormation's console shows them.
Each has a default. `VpcId`, `SubnetIds`, `DatabaseCidr`, `ConfigSecretId` and `EcsCluster` are
empty by default and required, unless only `Alerts` is on; so is `WorkerServices` with `Scaling`.
Written from the template by `make docs`; a test holds the two together.

```sh aws
make configure ENVIRONMENT=production SET="MaxTasks=6 AlertEmail=ops@example.org"
make deploy ENVIRONMENT=production
```

That writes them into `samconfig.toml`, from where each later deployment takes them; what the
template would refuse is not written. A parameter that isn't there keeps the value that the stack
has. An empty value, or one with spaces, has quotes of its own: `SET='AlternatingUsers=""'`.
"""
OUTPUTS = """\
## Outputs

`aws cloudformation describe-stacks --stack-name jiki-ops --query 'Stacks[0].Outputs'`

| output | |
|---|---|
"""


def page() -> str:
    """The whole page."""
    template = source()
    sections = [INTRODUCTION]
    for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]:
        rows = [_row(name, template["Parameters"][name]) for name in group["Parameters"]]
        heading = f"## {group['Label']['default']}\n\n"
        table = "| parameter | default | allowed | |\n|---|---|---|---|\n"
        sections.append(heading + table + "\n".join(rows) + "\n")
    outputs = "\n".join(
        f"| `{name}` | {output['Description']} |" for name, output in template["Outputs"].items()
    )
    return "\n".join([*sections, OUTPUTS + outputs + "\n"])


def _row(name: str, parameter: dict[str, Any]) -> str:
    description = " ".join(str(parameter["Description"]).split())
    cells = (f"`{name}`", _default(parameter), _allowed(parameter), description)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(parameter: dict[str, Any]) -> str:
    if "Default" not in parameter:
        return "**must be given**"
    text = str(parameter["Default"])
    return f"`{text.replace(',', ', ') if len(text) > 40 else text}`" if text else "(empty)"


def _allowed(parameter: dict[str, Any]) -> str:
    if "AllowedValues" in parameter:
        return ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    if "ConstraintDescription" in parameter:
        return str(parameter["ConstraintDescription"]).removeprefix("must be ")
    if parameter["Type"] == "Number":
        low, high = parameter.get("MinValue"), parameter.get("MaxValue")
        return f"{low} to {high}" if high is not None else f"{low} or more"
    if "AllowedPattern" in parameter:
        return f"`{parameter['AllowedPattern']}`"
    return {"CommaDelimitedList": "list with commas"}.get(parameter["Type"], "")
