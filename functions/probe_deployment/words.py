"""What people read of a verdict; what a check observed it says itself, in its finding."""

from collections.abc import Sequence

from probe_deployment.finding import Result, Status
from probe_deployment.verdict import Outcome, Verdict


def summary(verdict: Verdict) -> str:
    """One line."""
    what = f"{verdict.request.suite} of {' and '.join(verdict.services)}"
    if verdict.failed:
        state = "not settled yet" if verdict.outcome is Outcome.PENDING else "failed"
        counted = f"{len(verdict.failed)} of {len(verdict.results)} checks {state}"
        return f"{what}: {counted} ({_names(verdict.failed)})"
    notes = ""
    if verdict.unknown:
        notes += f", {len(verdict.unknown)} had no answer ({_names(verdict.unknown)})"
    if verdict.skipped:
        notes += f", {len(verdict.skipped)} skipped"
    so_far = " so far" if verdict.outcome is Outcome.PASS_SO_FAR else ""
    return f"{what}: {len(verdict.passed)} checks passed{so_far}{notes}"


def table(verdict: Verdict) -> str:
    """Lines for a terminal: each check with what was observed; a bad one with what to do."""
    width = max((len(each.check) for each in verdict.results), default=0)
    lines = []
    for each in verdict.results:
        finding = each.finding
        lines.append(
            f"{finding.status.upper():7}  {each.check:{width}}  {each.seconds:5.1f} s"
            f"  {finding.observed}"
        )
        if finding.status in (Status.FAIL, Status.UNKNOWN):
            lines.append(f"         expected: {finding.expected}")
            lines.append(f"         to do:    {finding.remedy}")
    return "\n".join(lines)


def title(verdict: Verdict) -> str:
    """Of a message."""
    if verdict.request.rolled_back:
        return f"ECS rolled {verdict.request.service} back; {summary(verdict)}"
    return summary(verdict)


def text(verdict: Verdict) -> str:
    """Of a message: each failed or unknown check with what to do, and what became of a rollback.

    Empty where all passed: the title says it.
    """
    lines = "\n".join(
        f"• {each.check}{': no answer' if each in verdict.unknown else ''}:"
        f" {each.finding.observed} (expected: {each.finding.expected})\n"
        f"  → {each.finding.remedy}"
        for each in (*verdict.failed, *verdict.unknown)
    )
    if verdict.request.rolled_back:
        lines = f"The version that was to be deployed is not there.\n{lines}".rstrip()
    return f"{lines}\nRollback: {verdict.rollback}" if verdict.rollback else lines


def _names(results: Sequence[Result]) -> str:
    return ", ".join(each.check for each in results)
