"""Keys of secrets in task definitions; the corpus has what AWS shows."""

import pytest

from ops_common.secret_references import SecretReference, secret_references

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:config-AbCdEf"


@pytest.mark.parametrize(
    ("value_from", "reference", "pinned"),
    [
        (ARN, SecretReference(ARN, None, "", ""), False),
        (f"{ARN}:key::", SecretReference(ARN, "key", "", ""), False),
        (f"{ARN}:key:AWSCURRENT:", SecretReference(ARN, "key", "AWSCURRENT", ""), False),
        (f"{ARN}:key:AWSPREVIOUS:", SecretReference(ARN, "key", "AWSPREVIOUS", ""), True),
        (f"{ARN}:key::v1", SecretReference(ARN, "key", "", "v1"), True),
        (f"{ARN}:::v1", SecretReference(ARN, None, "", "v1"), True),
    ],
)
def test_a_reference_is_read_apart(
    value_from: str, reference: SecretReference, pinned: bool
) -> None:
    read = SecretReference.parse(value_from)

    assert read
    assert read == reference
    assert read.pinned is pinned
    assert read.is_of(ARN)


@pytest.mark.parametrize("value_from", ["a-name", "arn:aws:ssm:eu-west-1:123456789012:parameter/x"])
def test_a_parameter_is_no_secret(value_from: str) -> None:
    assert SecretReference.parse(value_from) is None


def test_an_arn_without_its_last_characters_is_of_the_same_secret() -> None:
    reference = SecretReference.parse(f"{ARN[:-7]}:key::")

    assert reference
    assert reference.is_of(ARN)
    assert not reference.is_of(ARN.replace("config", "other"))


def test_a_definition_s_references_are_listed_once() -> None:
    container = {"secrets": [{"name": "A", "valueFrom": f"{ARN}:key::"}]}

    assert secret_references({"containerDefinitions": [container, container, {}]}) == (
        SecretReference(ARN, "key", "", ""),
    )
