"""The pure code: rooms and modules that read nothing, send nothing and ask no clock."""

from pathlib import Path

from paths import ROOT

# A folder is a pure room with all its modules. tests/unit/test_architecture.py holds what is here
# to its purity.
PURE = (
    "scale_workers/policy",
    "send_alerts/reading",
    "send_alerts/incident",
    "send_alerts/words",
    "rotate_password/json_key.py",
    "rotate_password/request.py",
)


def pure_files() -> list[Path]:
    """Every module of the pure rooms, sorted."""
    files: list[Path] = []
    for name in PURE:
        place = ROOT / "functions" / name
        files += [place] if place.is_file() else place.rglob("*.py")
    return sorted(file for file in files if file.name != "__init__.py")
