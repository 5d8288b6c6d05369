"""How much is deployed for a function: its own files and those of its layers."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from local.transform import source


@dataclass(frozen=True)
class Size:
    """In bytes."""

    zipped: int
    unzipped: int


def size(build_folder: Path, function: str) -> Size:
    """Of what `sam deploy` uploads for a function, by its logical id: package and layers."""
    layers = source()["Resources"][function]["Properties"]["Layers"]
    parts = [_size(build_folder / name) for name in [function, *(each["Ref"] for each in layers)]]
    return Size(sum(part.zipped for part in parts), sum(part.unzipped for part in parts))


def _size(folder: Path) -> Size:
    package = io.BytesIO()
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(folder))
    return Size(len(package.getvalue()), sum(path.stat().st_size for path in files))
