"""Everything of a rotation but the change: what would stop it, and what it would break.

Reads the secret, the database's catalogues, ECS and Amazon RDS, and changes nothing. What can't be
checked is a finding too.
"""

from collections.abc import Callable, Iterator
from typing import Any

from rotate_password.adapters.ports import Ports
from rotate_password.conditions.versions import find_accepted_of, read_current
from rotate_password.rehearsal.checks import CHECKS, Finding, Level, Said, Stage
from rotate_password.steps.lost import raise_if_expired
from rotate_password.words import sentences
from rotate_password.words.cause import cause_of


def rehearse(ports: Ports) -> tuple[Finding, ...]:
    """The findings of every check, in the order of a rotation."""
    state = ports.secret.state()
    try:
        current = read_current(ports, state)
        accepted = find_accepted_of(ports, state, current)
        if accepted is None:
            raise_if_expired(ports, state, current)
            return (
                Finding(
                    "login",
                    Level.STOP,
                    "the database accepts the password of no labelled version",
                    "docs/runbook.md, PasswordLost; a role past its VALID UNTIL is refused alike",
                ),
            )
        stage = Stage(ports, state, current, accepted, ports.database.check(accepted.credentials))
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
        return (_failed("login", error),)
    return tuple(finding for name, check in CHECKS.items() for finding in _run(name, check, stage))


def may_rotate(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing found would stop a rotation or be broken by it."""
    return all(finding.level is not Level.STOP for finding in findings)


def _run(name: str, check: Callable[[Stage], Said], stage: Stage) -> Iterator[Finding]:
    try:
        for level, observed, remedy in check(stage):
            yield Finding(name, level, observed, remedy)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
        yield _failed(name, error)


def _failed(check: str, error: Exception) -> Finding:
    said = sentences.failure(error)
    return Finding(check, Level.STOP, said, "see docs/runbook.md", cause_of(error))


def answer(ports: Ports) -> dict[str, Any]:
    """The step `rehearse`."""
    return as_json(rehearse(ports))


def as_json(findings: tuple[Finding, ...]) -> dict[str, Any]:
    """The answer of the step `rehearse`."""
    return {
        "mayRotate": may_rotate(findings),
        "findings": [
            {
                "check": each.check,
                "level": each.level.value,
                "observed": each.observed,
                "remedy": each.remedy,
            }
            for each in findings
        ],
    }
