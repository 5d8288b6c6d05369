"""Regions whose roots are not in the bundle are named where a certificate is refused."""

import re

import pytest

import rds_ca
from paths import ROOT

NOT_IN_THE_BUNDLE = (
    *("il-central-1", "ca-west-1", "mx-central-1", "ap-southeast-5", "ap-southeast-7"),
    *("ap-east-2", "us-gov-west-1", "us-gov-east-1", "cn-north-1", "cn-northwest-1"),
)


def endpoint(region: str) -> str:
    suffix = ".cn" if region.startswith("cn-") else ""
    return f"jiki.cluster-c0ffee.{region}.rds.amazonaws.com{suffix}"


@pytest.mark.parametrize("region", NOT_IN_THE_BUNDLE)
def test_a_region_without_roots_is_named(region: str) -> None:
    assert rds_ca.missing_region(endpoint(region)) == region


@pytest.mark.parametrize("host", [endpoint("eu-west-1"), "localhost", "db.jiki.internal"])
def test_elsewhere_no_region_is_blamed(host: str) -> None:
    assert rds_ca.missing_region(host) == ""


def test_the_page_lists_what_is_in_the_bundle() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    section = page.partition("## Certificates")[2].partition("Not in it")[0]
    assert set(re.findall(r"[a-z]{2}-[a-z]+-\d", section)) == rds_ca.regions()
    assert not rds_ca.regions() & set(NOT_IN_THE_BUNDLE)
