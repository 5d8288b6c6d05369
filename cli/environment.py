"""An environment: a section of samconfig.toml, and of the person's shell only credentials."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from cli.configure.samconfig import BadSamconfig, read_global, read_overrides, read_section
from local.transform import source
from paths import ROOT

SAMCONFIG = ROOT / "samconfig.toml"
BRIEF = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2})


@dataclass(frozen=True)
class Target:
    """The stack that a command is about: where it is, and its parameters."""

    environment: str
    stack: str
    region: str
    profile: str | None
    overrides: dict[str, str]

    def parameter(self, name: str) -> str:
        """A parameter as the next deployment gives it: the section's, else the template's."""
        default = source()["Parameters"][name].get("Default", "")
        return self.overrides.get(name, str(default))

    def session(self) -> boto3.Session:
        """Credentials of the section's profile (or the shell's), in the section's region."""
        return boto3.Session(region_name=self.region, profile_name=self.profile)

    def client(self, service: str) -> Any:
        """A client in the target's region."""
        name: Any = service  # boto3's type stubs want a literal
        return self.session().client(name, config=BRIEF)


def read_target(environment: str, file: Path = SAMCONFIG, region: str = "") -> Target:
    """The environment's section of samconfig.toml, or that in another region.

    Raises BadSamconfig.
    """
    section = read_section(file, environment)
    stack = read_global(file, environment).get("stack_name")
    region = region or section.get("region", "")
    for name, value, place in (("stack_name", stack, "global"), ("region", region, "deploy")):
        if not isinstance(value, str) or not value:
            found = f"[{environment}.{place}.parameters]"
            raise BadSamconfig(f"{file.name}: {found} has no {name}", found)
    overrides = read_overrides(file, environment)
    return Target(environment, str(stack), str(region), section.get("profile"), overrides)


def region_of(file: Path, environment: str, shell: Mapping[str, str]) -> str:
    """Where the app is: what the section says, else the shell; empty where neither says.

    A section without parameters is as it was shipped: its region is nobody's answer yet.
    Raises BadSamconfig.
    """
    section = read_section(file, environment)
    shells = shell.get("AWS_REGION") or shell.get("AWS_DEFAULT_REGION") or ""
    own: str = section.get("region", "")
    return own or shells if section.get("parameter_overrides") else shells or own
