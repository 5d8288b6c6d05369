"""The root certificates that a database's, or a pooler's in front of it, may descend from.

`bundle.pem` has the public roots of Amazon RDS in each region, each under its name; AWS publishes
them for download ("Using SSL/TLS to encrypt a connection to a DB instance or cluster", Aurora User
Guide). At its end are those of Amazon Trust Services, of which RDS Proxy's certificates are. A
pooler with a certificate of a CA of your own, or a region that the bundle doesn't have: put that as
a further `.pem` beside it.
"""

import re
from functools import cache
from pathlib import Path

BUNDLE = Path(__file__).with_name("bundle.pem")
_REGION_OF_A_ROOT = re.compile(r"^# Amazon RDS (\S+) Root CA", re.MULTILINE)
_REGION_OF_A_HOST = re.compile(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.rds\.amazonaws\.com(?:\.cn)?$")


def own_roots(folder: Path = BUNDLE.parent) -> list[str]:
    """The texts of further files with certificates, in the order of their names."""
    files = sorted(folder.glob("*.pem"))
    return [file.read_text() for file in files if file.name != BUNDLE.name]


@cache
def regions() -> frozenset[str]:
    """Regions whose roots are in the bundle."""
    return frozenset(_REGION_OF_A_ROOT.findall(BUNDLE.read_text()))


def missing_region(host: str) -> str:
    """The region of an RDS endpoint whose roots are not in the bundle; else empty."""
    found = _REGION_OF_A_HOST.search(host)
    return found[1] if found and found[1] not in regions() else ""
