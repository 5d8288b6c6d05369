"""The root certificates that a database's, or a pooler's in front of it, may descend from.

`bundle.pem` has the public roots of Amazon RDS in each region, each under its name; AWS publishes
them for download ("Using SSL/TLS to encrypt a connection to a DB instance or cluster", Aurora User
Guide). At its end are those of Amazon Trust Services, of which RDS Proxy's certificates are. A
pooler with a certificate of a CA of your own: put that as a further `.pem` beside it.
"""

from pathlib import Path

BUNDLE = Path(__file__).with_name("bundle.pem")


def own_roots(folder: Path = BUNDLE.parent) -> list[str]:
    """The texts of further files with certificates, in the order of their names."""
    files = sorted(folder.glob("*.pem"))
    return [file.read_text() for file in files if file.name != BUNDLE.name]
