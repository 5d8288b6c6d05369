"""Questions about the app's secret: who else changes it, who reads it, who keeps a copy."""

from collections.abc import Iterator, Mapping

from cli.fit.facts import DATABASE_URL, Facts
from cli.fit.finding import Finding, Level, names


def secret(facts: Facts, chosen: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the rotation would be alone with it, and could read it."""
    name = chosen.get("ConfigSecretId", "")
    found = facts.secret(name)
    if not name or "secrets" in facts.unread:
        return
    if found is None:
        yield Finding(Level.UNFIT, "secret", f"no secret {name} here", "correct ConfigSecretId")
        return
    if found.get("OwningService"):
        yield Finding(
            Level.UNFIT,
            "secret",
            f"{name} is managed by {found['OwningService']}, which rotates it by itself",
            "Rotation=false",
        )
    elif found.get("RotationLambdaARN") and "rotate-password" not in found["RotationLambdaARN"]:
        function = found["RotationLambdaARN"].rpartition(":")[2]
        yield Finding(
            Level.BREAKS, "secret", f"{name} is rotated by {function}", "one of the two has to go"
        )
    key = str(found.get("KmsKeyId") or "")
    if key and not key.endswith("alias/aws/secretsmanager"):
        yield Finding(
            Level.NOTE,
            "secret",
            f"{name} is encrypted with a KMS key of your own",
            "its key policy has to leave grants to IAM, or to name the roles (docs/rotation.md)",
        )
    versions = found.get("SecretVersionsToStages", {})
    if any(each.startswith("terraform-") for each in versions):
        yield Finding(
            Level.BREAKS,
            "secret",
            f"Terraform wrote {name}: an apply after the second rotation writes the old password",
            "a removed block for the secret's version (terraform/README.md)",
        )


def readers(facts: Facts, chosen: Mapping[str, str]) -> Iterator[Finding]:
    """Whether everybody who has the password would get the next one."""
    name = chosen.get("ConfigSecretId", "")
    listed = names(chosen, "WebServices", "WorkerServices", "OtherServices")
    readers = [service for service in facts.services if name and service.reads(name)]
    for service in readers:
        if service.name not in listed:
            yield Finding(
                Level.BREAKS,
                service.name,
                f"reads {name} and is in no list: it keeps the old password after a rotation",
                f"add it to OtherServices: {service.name}",
            )
        for variable in service.secrets:
            if variable.secret != name:
                continue
            if variable.reference.pinned:
                yield Finding(
                    Level.BREAKS,
                    service.name,
                    f"{variable.name} is pinned to one version of {name}",
                    "take label and version out of valueFrom",
                )
            if variable.of_the_database and variable.reference.key is None:
                yield Finding(
                    Level.UNFIT,
                    service.name,
                    f"{variable.name} is the whole text of {name}",
                    "keep it in a JSON object, a key each, and name the key in valueFrom",
                )
    for service in facts.services:
        for variable_name, value in service.environment.items():
            if DATABASE_URL.match(value):
                yield Finding(
                    Level.BREAKS,
                    service.name,
                    f"{variable_name} holds a password in the task definition itself",
                    "move it to the secret (valueFrom): a rotation can't change it where it is",
                )


def proxies(facts: Facts, chosen: Mapping[str, str]) -> Iterator[Finding]:
    """RDS Proxy, which knows the password of its own secret alone."""
    given = " ".join(value for each in facts.services for value in each.environment.values())
    app_secret = facts.secret(chosen.get("ConfigSecretId", ""))
    for proxy in facts.proxies:
        if proxy.get("EngineFamily") != "POSTGRESQL" or proxy.get("Endpoint", "?") not in given:
            continue
        used = {each.get("SecretArn") for each in proxy.get("Auth", [])}
        own = app_secret is None or app_secret.get("ARN") not in used
        yield Finding(
            Level.BREAKS if own else Level.NOTE,
            proxy["DBProxyName"],
            "RDS Proxy is in front"
            + (", with a secret of its own: a rotation locks the app out" if own else ""),
            "let it read ConfigSecretId (keys username, password)"
            if own
            else "set DatabaseAddress to the database's own endpoint (docs/deploy.md)",
        )
