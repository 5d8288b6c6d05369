"""Compiles what `sam build` made: Lambda can't keep what Python compiles at a cold start.

python -m local.precompile .aws-sam/build

The code is tied to its source by nothing but its place (PEP 552, unchecked hash): no time stamps,
so that a package is the same whenever it is built. Another Python ignores it and compiles anew.
"""

import compileall
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

from local.transform import source


class NotCompiled(Exception):
    """A built file has a syntax error."""


def precompile(build_folder: Path) -> None:
    """Compile each function's own package and every layer. Raises NotCompiled."""
    for folder in loaded_folders(build_folder):
        compiled = compileall.compile_dir(
            folder,
            quiet=1,
            stripdir=str(build_folder),
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
        if not compiled:
            raise NotCompiled(str(folder))


def loaded_folders(build_folder: Path) -> list[Path]:
    """Where the modules lie that functions import; a package holds the other functions too."""
    folders = []
    for name, resource in source()["Resources"].items():
        match resource["Type"]:
            case "AWS::Serverless::Function":
                package = resource["Properties"]["Handler"].partition(".")[0]
                folders.append(build_folder / name / package)
            case "AWS::Serverless::LayerVersion":
                folders.append(build_folder / name / "python")
    return folders


if __name__ == "__main__":
    precompile(Path(sys.argv[1]))
