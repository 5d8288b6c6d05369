"""`make deploy`: say what is about to be deployed where, build it, deploy it, check it.

python -m cli.deploy --environment production [further options of sam deploy]
"""

import argparse
import subprocess
import sys

from botocore.exceptions import BotoCoreError, ClientError

from cli import verdict
from cli.build import SAM, build, shell
from cli.configure.samconfig import BadSamconfig
from cli.configure.upgrade import REMOVED, RENAMED, upgraded
from cli.environment import Target, read_target
from cli.parameters import BadParameters, check_together
from local.precompile import NotCompiled
from local.transform import source
from paths import ROOT


def main() -> int:
    """The whole of it; the exit code of the first part that failed."""
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("--environment", required=True)
    arguments, flags = parser.parse_known_args()
    try:
        target = read_target(arguments.environment)
        check(target)
        identity = target.client("sts").get_caller_identity()
        print(banner(target, identity["Account"]), flush=True)
        return build(target) or _sam_deploy(target, flags) or _show_checks(target)
    except (BadSamconfig, BadParameters, NotCompiled, BotoCoreError, ClientError) as error:
        print(f"{error}. Nothing was deployed.", file=sys.stderr)
        return 2


def check(target: Target) -> None:
    """Refuse what sam would leave out without a word, or CloudFormation take as it stands.

    Raises BadParameters.
    """
    if notes := upgraded(target.overrides).notes:
        raise BadParameters(
            f"samconfig.toml is of an older version ({'; '.join(notes)}):"
            f" make configure ENVIRONMENT={target.environment} takes it over",
            *sorted(set(target.overrides) & {*RENAMED, *REMOVED}),
        )
    if unknown := set(target.overrides) - set(source()["Parameters"]):
        names = sorted(unknown)
        raise BadParameters(f"the template has no parameter {', '.join(names)}", *names)
    check_together(target.overrides)


def banner(target: Target, account: str) -> str:
    """What is deployed where, before anything is done."""
    return (
        f"Deploying {target.environment.upper()}: stack {target.stack}, region {target.region},"
        f" account {account}"
    )


def _sam_deploy(target: Target, flags: list[str]) -> int:
    command = [str(SAM), "deploy", "--config-env", target.environment, *flags]
    return subprocess.run(command, cwd=ROOT, check=False, env=shell()).returncode


def _show_checks(target: Target) -> int:
    return verdict.show(target.session(), target.stack, {"suite": "self", "report": False})


if __name__ == "__main__":
    sys.exit(main())
