"""The parameter overrides of samconfig.toml, read and written; all else of the file is kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import Array, String

from cli.configure.upgrade import REMOVED, RENAMED, Upgrade, upgraded
from cli.parameters import BadParameters, parsed


class BadSamconfig(Exception):
    """The file, a section or its overrides can't be read; the message says which, and why."""

    def __init__(self, words: str, subject: str) -> None:
        super().__init__(words)
        self.subject = subject
        """The file, the section, or the parameter."""


def read_section(file: Path, environment: str) -> dict[str, Any]:
    """What a section says for `sam deploy`. Raises BadSamconfig."""
    section: dict[str, Any] = _section(_document(file), file, environment).unwrap()
    return section


def read_upgrade(file: Path, environment: str) -> Upgrade:
    """The parameters that a section gives, under today's names. Raises BadSamconfig."""
    return upgraded(read_overrides(file, environment))


def read_global(file: Path, environment: str) -> dict[str, Any]:
    """What an environment says for every command of sam, its stack's name. Raises BadSamconfig."""
    section: dict[str, Any] = _section(_document(file), file, environment, "global").unwrap()
    return section


def read_overrides(file: Path, environment: str) -> dict[str, str]:
    """The parameters that a section gives, as the SAM CLI reads them. Raises BadSamconfig."""
    return _parsed(read_section(file, environment).get("parameter_overrides", []), environment)


def override(name: str, value: str) -> str:
    """`Name=value`, with quotes where the SAM CLI needs them: around nothing, around spaces.

    Raises BadSamconfig for a quote or a backslash: the CLI has no sure way to write them.
    """
    if not set(value).isdisjoint("\"'\\"):
        raise BadSamconfig(f"{name} can't hold a quote or a backslash", name)
    return f"{name}={value}" if value and " " not in value else f'{name}="{value}"'


def write_overrides(
    file: Path, environments: list[str], overrides: Mapping[str, str], region: str = ""
) -> None:
    """Put the parameters, and a region, into some sections, beside what each has already.

    Raises BadSamconfig before anything is written.
    """
    document = _document(file)
    for environment in environments:
        section = _section(document, file, environment)
        array = section.get("parameter_overrides")
        places = _places(array, environment)
        if places is None:
            given = None if array is None else array.unwrap()
            kept, array, places = _parsed(given, environment), tomlkit.array(), {}
            array.multiline(multiline=True)
        else:
            kept = {}
            for name in sorted(set(places) - set(overrides), key=places.__getitem__, reverse=True):
                if name in RENAMED or name in REMOVED:
                    del array[places[name]]
            places = _places(array, environment) or {}
        kept = upgraded(kept).overrides
        for name, value in {**kept, **overrides}.items():
            if name in places:
                array[places[name]] = _item(name, value)
            else:
                array.append(_item(name, value))
        section["parameter_overrides"] = array
        if region:
            section["region"] = region
    file.write_text(tomlkit.dumps(document))


def _places(array: Any, environment: str) -> dict[str, int] | None:
    """Where in an array each parameter stands; None unless each item is one parameter."""
    if array is None or not isinstance(array, Array):
        return None
    each = [_parsed([item], environment) for item in array.unwrap()]
    if any(len(one) != 1 for one in each):
        return None
    return {name: place for place, one in enumerate(each) for name in one}


def _item(name: str, value: str) -> String:
    text = override(name, value)
    return tomlkit.string(text, literal='"' in text)


def _parsed(given: Any, environment: str) -> dict[str, str]:
    try:
        return parsed(given)
    except BadParameters as error:
        section = f"[{environment}.deploy.parameters]"
        raise BadSamconfig(f"{section}: {error}", section) from error


def _document(file: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(file.read_text())
    except (OSError, ParseError) as error:
        raise BadSamconfig(f"{file.name}: {error}", file.name) from error


def _section(
    document: tomlkit.TOMLDocument, file: Path, environment: str, command: str = "deploy"
) -> Any:
    try:
        return document[environment][command]["parameters"]
    except KeyError:
        missing = f"[{environment}.{command}.parameters]"
        raise BadSamconfig(f"{file.name} has no section {missing}", missing) from None
