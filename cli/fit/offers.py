"""Parameters that follow from what an account says: what `make configure` offers."""

from collections import Counter
from collections.abc import Iterable

from cli.fit.facts import SOLID_QUEUE, Facts, Service, Variable, engine, identifier

MOST = 10
"""Services that the template takes."""


def offers(facts: Facts) -> dict[str, str]:
    """A value for each parameter that can be known; nothing is said of the others."""
    web = [each for each in facts.services if each.balanced and not each.works]
    workers = workers_of(facts)
    secret = secret_of(facts)
    others = [
        each
        for each in facts.services
        if secret and each not in web and each not in workers and each.reads(secret)
    ]
    database = database_of(facts)
    found = {
        "EcsCluster": facts.cluster,
        "WebServices": _names(web),
        "WorkerServices": _names(workers),
        "OtherServices": _names(others),
        "ConfigSecretId": secret,
        "LogGroupPrefix": log_group_prefix(facts.services),
        "DatabaseClusterId": database,
    }
    keys = password_keys(facts, secret)
    if keys:
        found["PasswordKey"], found["PasswordCopies"] = keys[0], ",".join(keys[1:])
    if facts.services and not any(SOLID_QUEUE.search(each.command) for each in workers):
        # A worker whose image says what it runs has no command in its definition.
        found["Scaling"] = "true" if any(not each.command for each in workers) else "false"
    return {name: value for name, value in found.items() if value}


def workers_of(facts: Facts) -> list[Service]:
    """Services of Solid Queue's workers: by command, else by name."""
    sure = [each for each in facts.services if SOLID_QUEUE.search(each.command)]
    return sure or [each for each in facts.services if each.works and not each.command]


def secret_of(facts: Facts) -> str:
    """The secret that the services read the database's password of, else the one they read most."""
    read = [variable for each in facts.services for variable in each.secrets]
    of_database = [variable.secret for variable in read if variable.of_the_database]
    counted = Counter(of_database or [variable.secret for variable in read])
    named = [
        secret["Name"]
        for secret in facts.secrets
        for each in facts.services
        if secret["Name"] in each.environment.values()
    ]
    return (counted or Counter(named)).most_common(1)[0][0] if counted or named else ""


def password_keys(facts: Facts, secret: str) -> list[str]:
    """Keys of the secret with the database's password; the one that most services read first."""
    keys = [
        variable.reference.key
        for each in facts.services
        for variable in each.secrets
        if _is_password(variable, secret) and variable.reference.key
    ]
    return [key for key, _ in Counter(keys).most_common()]


def _is_password(variable: Variable, secret: str) -> bool:
    return variable.secret == secret and variable.of_the_database


def database_of(facts: Facts) -> str:
    """The Aurora cluster whose endpoint a service is given, else the only one of PostgreSQL."""
    clusters = [each for each in facts.databases if engine(each) == "aurora-postgresql"]
    given = " ".join(value for each in facts.services for value in each.environment.values())
    used = [each for each in clusters if each.get("Endpoint") and each["Endpoint"] in given]
    chosen = used or clusters
    return identifier(chosen[0]) if len(chosen) == 1 else ""


def log_group_prefix(services: Iterable[Service]) -> str:
    """What the log groups of all services have before the service's own name; else nothing."""
    prefixes = set()
    for service in services:
        for container in service.containers:
            options = container.get("logConfiguration", {}).get("options", {})
            group = options.get("awslogs-group", "")
            if group.endswith(service.name):
                prefixes.add(group.removesuffix(service.name))
    return prefixes.pop() if len(prefixes) == 1 else ""


def _names(services: Iterable[Service]) -> str:
    names = [each.name for each in services]
    return ",".join(names) if len(names) <= MOST else ""
