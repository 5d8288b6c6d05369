"""The parameter overrides of samconfig.toml, read and written; all else of the file is kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from samcli.cli.types import CfnParameterOverridesType


class BadSamconfig(Exception):
    """The file has no such section, or its overrides can't be read; the message says which."""


def read_overrides(file: Path, environment: str) -> dict[str, str]:
    """The parameters that a section gives, as the SAM CLI reads them. Raises BadSamconfig."""
    given = _section(tomlkit.parse(file.read_text()), file, environment).get(
        "parameter_overrides", []
    )
    text = given if isinstance(given, str) else " ".join(given)
    try:
        overrides: dict[str, str] = CfnParameterOverridesType().convert(text, None, None)
    except Exception as error:  # click's, whose classes differ with the version
        raise BadSamconfig(f"{file.name}, [{environment}.deploy.parameters]: {error}") from error
    return overrides


def region(file: Path, environment: str) -> str:
    """Where a section deploys to. Raises BadSamconfig."""
    section = _section(tomlkit.parse(file.read_text()), file, environment)
    if "region" not in section:
        raise BadSamconfig(f"{file.name}, [{environment}.deploy.parameters] names no region")
    return str(section["region"])


def override(name: str, value: str) -> str:
    """`Name=value`, with quotes where the SAM CLI needs them: around nothing, around spaces.

    Raises BadSamconfig for a quote or a backslash: the CLI has no sure way to write them.
    """
    if not set(value).isdisjoint('"\\'):
        raise BadSamconfig(f"{name} can't hold a quote or a backslash")
    return f"{name}={value}" if value and not set(value) & set(" '") else f'{name}="{value}"'


def write_overrides(file: Path, environments: list[str], overrides: Mapping[str, str]) -> None:
    """Put the parameters into some sections. Raises BadSamconfig before anything is written."""
    document = tomlkit.parse(file.read_text())
    for environment in environments:
        array = tomlkit.array()
        for name, value in overrides.items():
            text = override(name, value)
            array.append(tomlkit.string(text, literal='"' in text and "'" not in text))
        section = _section(document, file, environment)
        section["parameter_overrides"] = array.multiline(True)
    file.write_text(tomlkit.dumps(document))


def _section(document: tomlkit.TOMLDocument, file: Path, environment: str) -> Any:
    try:
        return document[environment]["deploy"]["parameters"]
    except KeyError:
        missing = f"[{environment}.deploy.parameters]"
        raise BadSamconfig(f"{file.name} has no section {missing}") from None
