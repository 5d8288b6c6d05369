"""`make package`: the built template and its code in a bucket, for Terraform or anybody's pipeline.

python -m cli.package --environment production --bucket my-artifacts
"""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from botocore.exceptions import BotoCoreError, ClientError

from cli.build import FOLDER, SAM, build, shell
from cli.configure.samconfig import BadSamconfig
from cli.environment import Target, read_target
from local.precompile import NotCompiled
from paths import ROOT

PREFIX = "jiki-ops"


def main() -> int:
    """Build, package, upload; prints the address that Terraform's template_url wants."""
    parser = argparse.ArgumentParser(prog="make package", description=__doc__)
    parser.add_argument("--environment", required=True, help="a section of samconfig.toml")
    parser.add_argument("--bucket", required=True, help="an S3 bucket of yours in its region")
    arguments = parser.parse_args()
    try:
        target = read_target(arguments.environment)
        return build(target) or package(target, arguments.bucket)
    except (BadSamconfig, NotCompiled, BotoCoreError, ClientError) as error:
        print(f"{error}. Nothing was packaged.", file=sys.stderr)
        return 2


def package(target: Target, bucket: str) -> int:
    """Upload code and template; sam's exit code."""
    with TemporaryDirectory() as folder:
        packaged = Path(folder) / "packaged.yaml"
        code = subprocess.run(
            package_command(target, bucket, packaged), cwd=ROOT, check=False, env=shell()
        ).returncode
        if code:
            return code
        body = packaged.read_bytes()
    key = object_key(body)
    target.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    print(f"https://{bucket}.s3.{target.region}.amazonaws.com/{key}")
    return 0


def package_command(target: Target, bucket: str, output: Path) -> list[str]:
    """What sam is asked for: code goes below the same prefix, by its hash."""
    return [
        *(str(SAM), "package", "--template-file", str(FOLDER / "template.yaml")),
        *("--s3-bucket", bucket, "--s3-prefix", PREFIX, "--region", target.region),
        *(("--profile", target.profile) if target.profile else ()),
        *("--output-template-file", str(output)),
    ]


def object_key(body: bytes) -> str:
    """Named by its content: an unchanged template keeps its address, a changed one is an update."""
    return f"{PREFIX}/{hashlib.sha256(body).hexdigest()[:32]}.template"


if __name__ == "__main__":
    sys.exit(main())
