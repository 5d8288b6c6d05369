"""Errors in the new tasks' logs that the old tasks' logs don't have, or have seldom."""

from collections import Counter
from collections.abc import Sequence

from probe_deployment.checks.log_groups import LogGroup, log_groups
from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.logs import Change, Compared, redact
from probe_deployment.logs.elsewhere import elsewhere

LISTED = 3
NAME_LENGTH = 100
EXPECTED = "no error that the old tasks don't have, none that surges"
ENOUGH_TO_ROLL_BACK = 3
"""Fewer occurrences are shown, and no reason to touch production."""


def check(context: Context) -> Finding:
    """New tasks against old ones, by log stream: what is new, and what comes more often."""
    return judge(log_groups(context))


def judge(groups: Sequence[LogGroup]) -> Finding:
    """What the errors of the services' logs amount to."""
    worse = [(group, each) for group in groups for each in group.compared if each.worse]
    sure = [each for group, each in worse if group.sure(each)]
    unread = [group for group in groups if group.unread_from]
    notes = "".join(
        f"; of {group.name} not read: {group.unread_from:%H:%M:%S} to {group.unread_until:%H:%M:%S}"
        for group in unread
    )
    names = " ".join(group.name for group in groups if group.compared or group.unread_from)
    remedy = (
        f"read them in full: aws logs tail {names} --since 30m; if users are hurt, deploy the last"
        " task definition that passed (docs/runbook.md)"
    )
    if sure:
        fixes = older_version_fixes(sure)
        observed = f"{len(sure)} worse: {_listed(sure)}{notes}"
        return Finding.failed(
            observed, EXPECTED, remedy, subjects=_names(sure), older_version_fixes=fixes
        )
    if worse:
        unsure = [each for _, each in worse]
        observed = (
            f"{_listed(unsure)}{notes}: new as far as the old tasks' log was read, not to its end"
        )
        return Finding.unknown(observed, EXPECTED, remedy, subjects=_names(unsure))
    lines = sum(group.lines for group in groups)
    known = sum(each.change is Change.KNOWN for group in groups for each in group.compared)
    observed = f"none new, {known} known, in {lines} lines{notes}"
    if any(not group.seen_before for group in unread):
        return Finding.unknown(observed, EXPECTED, remedy)
    return Finding.passed(observed, EXPECTED)


def _listed(worse: Sequence[Compared]) -> str:
    more = f"; and {len(worse) - LISTED} more" if len(worse) > LISTED else ""
    return "; ".join(_described(each) for each in worse[:LISTED]) + more


def _names(worse: Sequence[Compared]) -> list[str]:
    """Classes of exceptions, once each; redacted, for a log may call anything its class."""
    names = (redact(each.error.name)[:NAME_LENGTH] for each in worse if each.error.name)
    return list(dict.fromkeys(names))


def older_version_fixes(worse: Sequence[Compared]) -> bool:
    """Whether enough of it is the app's own, and not another service's.

    An answer 5xx stands beside the exception that it is for, in Rails' log and in each proxy's.
    """
    own, answered, exceptions = 0, Counter[str](), 0
    for each in worse:
        if each.error.status and not each.error.name:
            answered[each.error.why] += each.after
            continue
        exceptions += each.after
        own += 0 if elsewhere(each.error) else each.after
    unexplained = max(answered.values(), default=0) - exceptions
    return own + max(unexplained, 0) >= ENOUGH_TO_ROLL_BACK


def _described(each: Compared) -> str:
    before = f" (before: {each.before})" if each.change is Change.SURGE else ""
    return f"{each.after} × {each.sample}{before}"
