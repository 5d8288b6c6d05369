"""`make runbook`: docs/runbook.md in the names of one stack, for the team's wiki.

python -m cli.runbook --environment production [--to FILE]
"""

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from cli.configure.samconfig import BadSamconfig
from cli.environment import SAMCONFIG, Target, read_target
from paths import ROOT

PAGE = ROOT / "docs" / "runbook.md"
CLUSTER = re.compile(r"CLUSTER=\$\(aws cloudformation .*?\)\n", re.DOTALL)


def main() -> int:
    """Read the section, write the page; 0 unless the section can't be read."""
    parser = argparse.ArgumentParser(prog="make runbook", description=__doc__)
    parser.add_argument("--environment", required=True, help="a section of samconfig.toml")
    parser.add_argument("--file", type=Path, default=SAMCONFIG)
    parser.add_argument("--to", type=Path, help="where to (runbook-ENVIRONMENT.md)")
    arguments = parser.parse_args()
    try:
        target = read_target(arguments.environment, arguments.file)
        file = arguments.to or Path(f"runbook-{target.environment}.md")
        file.write_text(personal(PAGE.read_text(), target))
    except (BadSamconfig, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Written: {file}. With an address of its own, give that address to RunbookUrl.")
    return 0


def personal(page: str, target: Target) -> str:
    """The page in this stack's names."""
    if cluster := target.parameter("DatabaseClusterId"):
        page = CLUSTER.sub(f"CLUSTER={cluster}\n", page)
        page = page.replace("ClusterId=CLUSTER", f"ClusterId={cluster}")
    names = _names(target)
    # All at once and the longest first, or a name that was just put in would be replaced again.
    pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<![\w-])(?:{pattern})(?!\w)", lambda found: names[found[0]], page)


def _names(target: Target) -> Mapping[str, str]:
    """What the page calls its example, and what this stack calls the same."""
    services = {
        "jiki-api-web": _services(target, "WebServices") or ["WEB-SERVICE"],
        "jiki-api-solid-queue": _services(target, "WorkerServices") or ["WORKER-SERVICE"],
    }
    others = _services(target, "OtherServices")
    every = [name for named in services.values() for name in named] + others
    secret = target.parameter("ConfigSecretId") or "SECRET"
    prefix = target.parameter("LogGroupPrefix")
    return {
        "ENVIRONMENT=production": f"ENVIRONMENT={target.environment}",
        "`production`": f"`{target.environment}`",
        "jiki-ops": target.stack,
        "eu-west-1": target.region,
        "--secret-id config": f"--secret-id {secret}",
        "`config`": f"`{secret}`",
        "jiki-production": target.parameter("EcsCluster") or "CLUSTER",
        "aurora_password": target.parameter("PasswordKey"),
        "aurora_endpoint": target.parameter("AddressKeys").split(",")[0],
        **{example: named[0] for example, named in services.items()},
        **{f"/ecs/{example}": prefix + named[0] for example, named in services.items()},
        " ".join(services): " ".join(every),
    }


def _services(target: Target, parameter: str) -> list[str]:
    return [name for name in target.parameter(parameter).split(",") if name]


if __name__ == "__main__":
    sys.exit(main())
