"""`make load-test`: load, then the probes' view of the same minutes, as one verdict."""

from benchmarks.loadtest.run import Figures, run  # isort: skip  # replaces sockets, so it is first

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.loadtest.profile import BadProfile, Profile
from cli.verdict import ask, function_name

PROFILE = Path(__file__).parent / "profile.toml"
# CloudWatch shows a minute of the load balancer's metrics about two minutes later.
CLOUDWATCH_SECONDS = 150


def main() -> int:
    """Parse, refuse what is out of bounds, run, judge: 0 pass, 1 fail, 2 not run."""
    arguments = _arguments()
    try:
        profile = Profile.read(arguments.profile)
        profile.check(arguments.users, arguments.minutes)
        if not arguments.url.startswith(("http://", "https://")):
            raise BadProfile("URL must begin with http:// or https://", "URL")
    except BadProfile as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if arguments.stack:
            function_name(arguments.stack)
    except (BotoCoreError, ClientError) as error:
        print(f"No view of {arguments.stack}'s probes: {error}. No load was made.", file=sys.stderr)
        return 2
    began = datetime.now(UTC)
    print(f"{arguments.users} users for {arguments.minutes:g} minutes at {arguments.url} …")
    figures = run(profile, arguments.url.rstrip("/"), arguments.users, arguments.minutes)
    troubles = judge(figures, profile)
    print(table(figures))
    if arguments.stack:
        print(f"waiting {arguments.wait:g} s for CloudWatch …")
        time.sleep(arguments.wait)
        troubles += _view_of_the_probes(arguments.stack, began)
    print(f"\n{'FAIL: ' + '; '.join(troubles) if troubles else 'PASS'}")
    return 1 if troubles else 0


def _view_of_the_probes(stack: str, began: datetime) -> list[str]:
    """Print what the stack's suite `load` saw since then; what it found wrong."""
    try:
        verdict = ask(stack, {"suite": "load", "startedAt": began.isoformat()})
    except (BotoCoreError, ClientError, RuntimeError) as error:
        return [f"no view of {stack}'s probes: {error}"]
    print(verdict["table"])
    return [] if verdict["status"] == "pass" else [verdict["summary"]]


def judge(figures: Figures, profile: Profile) -> list[str]:
    """What is worse than the profile's limits."""
    troubles = []
    if not figures.requests:
        return ["no request was made"]
    share = figures.failed / figures.requests
    if share > profile.failed_share:
        troubles.append(f"{share:.2%} failed, at most {profile.failed_share:.2%} may")
    if figures.p95_seconds > profile.p95_seconds:
        troubles.append(f"p95 {figures.p95_seconds:.2f} s, at most {profile.p95_seconds:g} s")
    return troubles


def table(figures: Figures) -> str:
    """Lines for a terminal."""
    return "\n".join(
        [
            f"requests {figures.requests}, failed {figures.failed}, {figures.per_second:.1f} a"
            " second",
            f"median {figures.median_seconds:.3f} s, p95 {figures.p95_seconds:.3f} s,"
            f" p99 {figures.p99_seconds:.3f} s",
            *(f"  {error}" for error in figures.errors[:10]),
        ]
    )


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="make load-test", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--users", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--profile", type=Path, default=PROFILE)
    parser.add_argument("--stack", default="", help="ask this stack's probes for their view")
    parser.add_argument("--wait", type=float, default=CLOUDWATCH_SECONDS, help="before asking (s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
