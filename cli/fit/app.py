"""Questions about the app: its database, its jobs, its services."""

from collections.abc import Iterator, Mapping

from cli.fit.facts import MYSQL, OTHER_JOBS, SOLID_QUEUE, Facts, Service, engine, identifier
from cli.fit.finding import Finding, Level, names
from cli.fit.services import of_services

ONLY_POSTGRES = (
    "only PostgreSQL is supported, not MySQL: Rotation=false Scaling=false Probes=false leaves the"
    " alerts, which need no database"
)
ONLY_SOLID_QUEUE = (
    "only Solid Queue is measured and scaled: Scaling=false leaves rotation, probes and alerts"
)


def engine_fits(facts: Facts, _chosen: Mapping[str, str]) -> Iterator[Finding]:
    """PostgreSQL, and nothing else."""
    mysql = [name for service in facts.services for name in _mysql_variables(service)]
    if mysql:
        listed = ", ".join(sorted(set(mysql)))
        yield Finding(Level.UNFIT, "database", f"{listed} names MySQL", ONLY_POSTGRES)
    elif facts.databases and not any("postgres" in engine(each) for each in facts.databases):
        listed = ", ".join(f"{identifier(each)} ({engine(each)})" for each in facts.databases)
        yield Finding(Level.UNFIT, "database", listed, ONLY_POSTGRES)
    for each in facts.databases:
        if "postgres" in engine(each):
            yield Finding(Level.FITS, "database", f"{identifier(each)}, {engine(each)}")


def _mysql_variables(service: Service) -> list[str]:
    return [name for name, value in service.environment.items() if MYSQL.match(value)]


def jobs(facts: Facts, chosen: Mapping[str, str]) -> Iterator[Finding]:
    """Solid Queue, in services of its own."""
    workers = names(chosen, "WorkerServices")
    for service in facts.services:
        other = OTHER_JOBS.search(service.command)
        if other and not SOLID_QUEUE.search(service.command):
            yield Finding(Level.UNFIT, service.name, f"runs {other[1]}", ONLY_SOLID_QUEUE)
        if service.environment.get("SOLID_QUEUE_IN_PUMA") and service.name not in workers:
            yield Finding(
                Level.NOTE,
                service.name,
                "runs jobs inside the web server (SOLID_QUEUE_IN_PUMA)",
                "its threads count as workers of no service: give the jobs a service of their own",
            )


def services(facts: Facts, chosen: Mapping[str, str]) -> Iterator[Finding]:
    """How each listed service is deployed, logs and stops."""
    workers = names(chosen, "WorkerServices")
    listed = names(chosen, "WebServices", "WorkerServices", "OtherServices")
    for service in facts.services:
        if service.name in listed:
            said = list(of_services(service, service.name in workers, facts.scaled))
            for level, observed, remedy in said:
                yield Finding(Level[level], service.name, observed, remedy)
            if not said:
                yield Finding(Level.FITS, service.name, "deployed by ECS, as it should be")
