"""What is built is for the processor that is deployed, by each library's ELF header."""

import fcntl
import struct
import subprocess
from pathlib import Path

from cli.build import build_command
from cli.environment import Target
from local.deploy import environment
from paths import ROOT

MACHINES = {"x86_64": 62, "arm64": 183}
"""Field e_machine of the ELF header (EM_X86_64, EM_AARCH64)."""


def machine(library: Path) -> int:
    """The processor that a library is for. Raises ValueError for what is no ELF file."""
    head = library.read_bytes()[:20]
    if head[:4] != b"\x7fELF":
        raise ValueError(f"{library} is no library")
    (found,) = struct.unpack_from("<H", head, 18)
    return int(found)


def machines(folder: Path) -> set[int]:
    libraries = [path for path in folder.rglob("*.so*") if path.is_file()]
    assert libraries
    return {machine(path) for path in libraries}


def test_the_default_is_built_for_x86(build_folder: Path) -> None:
    assert machines(build_folder / "PostgresLayer") == {MACHINES["x86_64"]}


def test_arm64_is_built_for_arm(tmp_path: Path) -> None:
    """After `make configure SET=Architecture=arm64`: the layer that has libraries in C."""
    target = Target("production", "jiki-ops", "eu-west-1", None, {"Architecture": "arm64"})
    folder = tmp_path / "built"
    sam, build, *options = build_command(target)
    command = [sam, build, "PostgresLayer", *options, "--build-dir", folder]
    lock = ROOT / ".aws-sam" / "lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = subprocess.run(
            command, cwd=ROOT, env=environment({}), capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert machines(folder / "PostgresLayer") == {MACHINES["arm64"]}
