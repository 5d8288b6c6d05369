"""The certificates that are trusted: Amazon RDS's, RDS Proxy's, and a team's own."""

import ssl
from pathlib import Path

import rds_ca


def names() -> set[str]:
    context = ssl.create_default_context(cafile=str(rds_ca.BUNDLE))
    parts = [dict(part[0] for part in each["subject"]) for each in context.get_ca_certs()]
    return {part.get("commonName", "") for part in parts}


def test_both_the_database_s_and_the_proxy_s_certificates_are_trusted() -> None:
    assert "Amazon RDS eu-west-1 Root CA RSA2048 G1" in names()
    assert {f"Amazon Root CA {number}" for number in (1, 2, 3, 4)} <= names()


def test_a_team_s_own_certificates_are_added_and_nothing_else(tmp_path: Path) -> None:
    for name in ("bundle.pem", "b.pem", "a.pem", "notes.txt"):
        (tmp_path / name).write_text(name)

    assert rds_ca.own_roots(tmp_path) == ["a.pem", "b.pem"]
    assert rds_ca.own_roots() == []
