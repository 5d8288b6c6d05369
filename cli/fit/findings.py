"""What fits, what doesn't and why, what would break: one small function per question."""

from collections.abc import Callable, Iterator, Mapping

from cli.fit.app import engine_fits, jobs, services
from cli.fit.facts import Facts
from cli.fit.finding import Finding, Level, names
from cli.fit.secret import proxies, readers, secret

TARGET_TRACKING = "TargetTracking-"

type Question = Callable[[Facts, Mapping[str, str]], Iterator[Finding]]


def findings(facts: Facts, chosen: Mapping[str, str]) -> list[Finding]:
    """Every question's answers; `chosen` are the parameters as they would be deployed."""
    found = [each for question in QUESTIONS for each in question(facts, chosen)]
    found += [Finding(Level.UNREAD, part, trouble) for part, trouble in facts.unread.items()]
    return found


def _cluster(facts: Facts, _chosen: Mapping[str, str]) -> Iterator[Finding]:
    if "clusters" in facts.unread:
        return
    if facts.cluster in facts.clusters:
        yield Finding(Level.FITS, "cluster", f"{facts.cluster}, {len(facts.services)} services")
    elif not facts.clusters:
        none = "this account has no ECS cluster in this region"
        yield Finding(Level.UNFIT, "cluster", none, "make fit REGION=…, where the app is")
    elif facts.cluster:
        listed = ", ".join(facts.clusters)
        yield Finding(
            Level.UNFIT, "cluster", f"no {facts.cluster} here: {listed}", "correct EcsCluster"
        )
    else:
        listed = ", ".join(facts.clusters)
        yield Finding(
            Level.UNFIT, "cluster", f"several: {listed}", "make fit CLUSTER=…, or EcsCluster"
        )


def _lists(facts: Facts, chosen: Mapping[str, str]) -> Iterator[Finding]:
    listed = names(chosen, "WebServices", "WorkerServices", "OtherServices")
    here = {each.name for each in facts.services}
    if facts.services:
        for name in listed:
            if name not in here:
                remedy = "correct the three lists of services"
                yield Finding(Level.UNFIT, name, f"no service of {facts.cluster}", remedy)
    if len(listed) > 10:
        yield Finding(Level.UNFIT, "services", f"{len(listed)}, and ten have room in one stack")


def _alarms(facts: Facts, chosen: Mapping[str, str]) -> Iterator[Finding]:
    if "alarms" in facts.unread:
        return
    of_people = [name for name in facts.alarms if not name.startswith(TARGET_TRACKING)]
    own = len(facts.alarms) - len(of_people)
    observed = f"{len(of_people)} alarms of yours" + (f", {own} of target tracking" if own else "")
    filtered = chosen.get("AlarmFilter", "all")
    if filtered.startswith("prefix:"):
        prefix = filtered.removeprefix("prefix:")
        matching = sum(name.startswith(prefix) for name in of_people)
        observed += f", {matching} begin with {prefix}"
        if of_people and not matching:
            yield Finding(Level.NOTE, "alarms", observed, "none would be notified of: AlarmFilter")
            return
    elif filtered == "all" and len(facts.clusters) > 1:
        remedy = "with another environment in the account, AlarmFilter=prefix:… or tag"
        yield Finding(Level.NOTE, "alarms", f"{observed}, all of them notified of", remedy)
        return
    yield Finding(Level.FITS, "alarms", observed)


QUESTIONS: tuple[Question, ...] = (
    _cluster,
    _lists,
    engine_fits,
    jobs,
    secret,
    readers,
    proxies,
    services,
    _alarms,
)
