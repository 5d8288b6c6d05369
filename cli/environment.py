"""An environment: a section of samconfig.toml, and of the person's shell only credentials."""

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


def read_target(environment: str, file: Path = SAMCONFIG) -> Target:
    """The environment's section of samconfig.toml. Raises BadSamconfig."""
    section = read_section(file, environment)
    stack, region = read_global(file, environment).get("stack_name"), section.get("region")
    for name, value, place in (("stack_name", stack, "global"), ("region", region, "deploy")):
        if not isinstance(value, str):
            raise BadSamconfig(f"{file.name}: [{environment}.{place}.parameters] has no {name}")
    overrides = read_overrides(file, environment)
    return Target(environment, str(stack), str(region), section.get("profile"), overrides)
