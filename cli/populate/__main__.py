"""`make populate`: what the app's secret lacks, and keys made at random where you name them.

python -m cli.populate --environment production [--keys "hmac_secret jwt_secret"]

Runs with your own credentials. Without KEYS nothing is changed; with them, only after you have
typed the secret's name. Keys that are there are never touched.
"""

import argparse
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from cli.configure.samconfig import BadSamconfig
from cli.environment import SAMCONFIG, Target, read_target
from cli.populate.populate import NotRandom, described, make, read_plan
from cli.populate.store import SecretBusy, SecretStore
from local.ctrl_c import INTERRUPTED
from ops_common.app_config import AppConfigError


def main() -> int:
    """List, or make; 0 unless something kept it from that."""
    parser = argparse.ArgumentParser(prog="make populate", description=__doc__)
    parser.add_argument("--environment", required=True)
    parser.add_argument("--keys", default="", help="the keys to make, with spaces between them")
    parser.add_argument("--file", type=Path, default=SAMCONFIG)
    arguments = parser.parse_args()
    try:
        target = read_target(arguments.environment, arguments.file)
        store = SecretStore(target.client("secretsmanager"), target.parameter("ConfigSecretId"))
        keys = tuple(dict.fromkeys(arguments.keys.replace(",", " ").split()))
        return _make(target, store, keys) if keys else _show(target, store)
    except (EOFError, KeyboardInterrupt) as ended:
        print("\nNothing was changed.", file=sys.stderr)
        return INTERRUPTED if isinstance(ended, KeyboardInterrupt) else 1
    except (NotRandom, SecretBusy, AppConfigError, BadSamconfig) as refusal:
        print(f"{refusal}. Nothing was changed.", file=sys.stderr)
        return 2
    except (BotoCoreError, ClientError) as error:
        print(f"{error}", file=sys.stderr)
        return 2


def _show(target: Target, store: SecretStore) -> int:
    secret = target.parameter("ConfigSecretId")
    expected = tuple(
        pair.partition("=")[0] for pair in target.parameter("SecretKeys").split(",") if pair
    )
    found = read_plan(store, secret, expected)
    print(f"Secret {secret} in {target.region} ({target.environment}):")
    lines = described(found)
    print("\n".join(lines) if lines else f"  has a value at each of {len(expected)} keys")
    if found.missing:
        print(
            "Nothing was changed. Those that are random by nature can be made:\n"
            f'  make populate ENVIRONMENT={target.environment} KEYS="…"'
        )
    return 0


def _make(target: Target, store: SecretStore, keys: tuple[str, ...]) -> int:
    secret = target.parameter("ConfigSecretId")

    def confirmed() -> bool:
        print(f"To be made at random in {target.environment} ({target.region}): {', '.join(keys)}")
        return input(f"Type the secret's name to go on [{secret}]: ").strip() == secret

    made = make(store, secret, keys, confirmed)
    if not made:
        print("That is not its name. Nothing was changed.", file=sys.stderr)
        return 1
    print(
        f"Made {', '.join(made)}. The app reads the secret at boot: force a new deployment of its"
        " services."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
