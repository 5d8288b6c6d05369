"""docs/licences.md: what the project is made of, and under which terms."""

import re
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path

from paths import ROOT

LAYERS = ("common", "postgres", "slack")
# What packages declared before licences had SPDX expressions (PEP 639), by their classifiers.
SPDX = {
    "Apache Software License": "Apache-2.0",
    "Artistic License": "Artistic-1.0-Perl",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "GNU General Public License (GPL)": "GPL-2.0-or-later",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# Its metadata say nothing; its file LICENSE does.
UNDECLARED = {"cookiecutter": "BSD-3-Clause"}

INTRODUCTION = """\
# Licences

The project itself is under the MIT licence ([LICENSE](../LICENSE)). This page is written from the
pinned packages by `make docs`; a test says when it is out of date, and that what is deployed has no
other licences than these.

## What is deployed, in layers

| package | version | licence | layer |
|---|---|---|---|
"""
LGPL = """
psycopg and the libpq that it brings (psycopg-binary, with OpenSSL) are used as they are published,
in a layer of their own that anybody may replace: what the LGPL asks for. boto3 (Apache-2.0) comes
with Lambda's runtime. `rds_ca/bundle.pem` is Amazon's public list of certificates.

## What develops and tests it, and is never deployed

| licence | packages |
|---|---|
"""


def page() -> str:
    """The whole page."""
    layers = {layer: pins(ROOT / "layers" / layer / "requirements.txt") for layer in LAYERS}
    deployed = [
        f"| {name} | {version} | {licence(name)} | {layer} |"
        for layer, packages in layers.items()
        for name, version in packages.items()
    ]
    by_licence: dict[str, list[str]] = {}
    for name in pins(ROOT / "requirements-dev.txt"):
        if not any(name in packages for packages in layers.values()):
            by_licence.setdefault(licence(name), []).append(name)
    rest = [f"| {terms} | {', '.join(by_licence[terms])} |" for terms in sorted(by_licence)]
    return INTRODUCTION + "\n".join(deployed) + "\n" + LGPL + "\n".join(rest) + "\n"


def pins(requirements: Path) -> dict[str, str]:
    """Name and version of each pinned package."""
    return dict(
        re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", requirements.read_text(), re.MULTILINE)
    )


def licence(package: str) -> str:
    """Its SPDX expression, as far as its metadata say. Raises PackageNotFoundError."""
    found: PackageMetadata = metadata(package)
    if expression := found.get("License-Expression"):
        return expression
    names = [
        text.rpartition(" :: ")[2]
        for text in found.get_all("Classifier") or []
        if text.startswith("License :: ") and text != "License :: OSI Approved"
    ]
    terms = {SPDX.get(name, name) for name in names if name != "DFSG approved"}
    if terms:
        return " OR ".join(sorted(terms))
    declared = (found.get("License") or "").strip()
    return SPDX.get(declared, declared) or UNDECLARED[package]
