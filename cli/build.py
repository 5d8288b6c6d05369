"""`make build`: `sam build` with the environment's parameters, then compiled.

python -m cli.build [--environment production]
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from cli.configure.samconfig import BadSamconfig
from cli.environment import Target, read_target
from local.precompile import NotCompiled, precompile
from paths import ROOT

SAM = Path(sys.executable).with_name("sam")
FOLDER = ROOT / ".aws-sam" / "build"


def build_command(target: Target | None) -> list[str | Path]:
    """What sam is asked for: libraries for the processor that the functions will run on."""
    command: list[str | Path] = [SAM, "build"]
    if target is None:
        return command
    architecture = target.parameter("Architecture")
    return [*command, "--parameter-overrides", f"Architecture={architecture}"]


def build(target: Target | None) -> int:
    """Build and compile into .aws-sam/build; sam's exit code."""
    code = subprocess.run(build_command(target), cwd=ROOT, check=False, env=shell()).returncode
    if not code:
        precompile(FOLDER)
    return code


def shell() -> dict[str, str]:
    """The person's environment, without what would overrule samconfig.toml's region and profile."""
    overruled = {"AWS_DEFAULT_REGION", "AWS_REGION"}
    return {name: value for name, value in os.environ.items() if name not in overruled}


def main() -> int:
    """Build for an environment, or as the template's defaults say."""
    parser = argparse.ArgumentParser(prog="make build", description=__doc__)
    parser.add_argument("--environment", default="")
    environment = parser.parse_args().environment
    try:
        return build(read_target(environment) if environment else None)
    except (BadSamconfig, NotCompiled) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
