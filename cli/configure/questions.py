"""Which parameters a person is asked for, and what counts as an answer."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from cli.configure.account import Answers, Suggestion
from cli.parameters import is_needed, refusal

ASKED = (
    "Rotation",
    "Scaling",
    "Probes",
    "Alerts",
    "EcsCluster",
    "WebServices",
    "WorkerServices",
    "OtherServices",
    "ConfigSecretId",
    "PasswordKey",
    "PasswordCopies",
    "DatabaseClusterId",
    "VpcId",
    "SubnetIds",
    "DatabaseCidr",
    "LogGroupPrefix",
    "LoadBalancerName",
    "TargetGroupName",
    "HealthCheckUrl",
    "AlertEmail",
    "SlackToken",
    "SlackChannel",
    "RunbookUrl",
)
"""In this order, for the account's suggestions follow from earlier answers."""
AT_FIRST = {"ScalerDryRun": "true", "RotationSchedule": ""}
"""A dry run, and no rotation before the database can be reached; people change these later."""
ONLY_IF_NEEDED = ("VpcId", "SubnetIds", "DatabaseCidr", "ConfigSecretId")
ONLY_IF_FOUND = ("PasswordCopies", "LogGroupPrefix")
"""Asked where the task definitions say something else than the template."""
OF_THE_ACCOUNT = (
    *("EcsCluster", "WebServices", "WorkerServices", "ConfigSecretId", "DatabaseClusterId"),
)
"""Names of what exists, or doesn't."""
EMPTY = "-"
OTHERS_SHOWN = 10
PRODUCTION = "production"

type Parameters = Mapping[str, Mapping[str, Any]]
"""The section Parameters of the template."""


def ask_all(
    parameters: Parameters,
    known: Answers,
    suggest: Callable[[str, Answers], Suggestion],
    ask: Callable[[str], str],
    say: Callable[[str], None],
    environment: str = PRODUCTION,
) -> dict[str, str]:
    """What is to be written: an answer for each parameter of ASKED, and AT_FIRST the first time.

    An answer that the template refuses is asked for again, with what it must be.
    """
    # A stack that was configured before has a network; its scaler and rotation are its owner's.
    first = {} if "VpcId" in known else AT_FIRST
    answers = {name: known.get(name, value) for name, value in first.items()}
    said = {""}
    for name in ASKED:
        so_far = {**known, **answers}
        if name in ONLY_IF_NEEDED and not is_needed(name, so_far):
            continue
        if name == "SlackChannel" and not _has_token(so_far):
            continue
        if name == "PasswordKey" and not so_far.get("ConfigSecretId"):
            continue
        found = suggest(name, so_far)
        if found.trouble not in said:
            said.add(found.trouble)
            say(f"\nNot read from your account: {found.trouble}")
        parameter = parameters[name]
        values = [value for value in found.values if not refusal(name, value, parameter)]
        default = str(parameter.get("Default", ""))
        if name in ONLY_IF_FOUND and found.best in (known.get(name, default), ""):
            continue
        best = "" if refusal(name, found.best, parameter) else found.best
        offered = best or _likeliest(values, default, environment)
        if name in known and not (values and _changed(answers, known)):
            offered = known[name]
            if gone := _not_there(name, known[name], values):
                say(f"\nNot in your account: {name}={gone}")
                offered = best or _likeliest(values, default, environment)
        say(f"\n{name}: {' '.join(str(parameter['Description']).split())}")
        if others := [value for value in values if value != offered]:
            more = len(others) - OTHERS_SHOWN
            listed = ", ".join(others[:OTHERS_SHOWN])
            say(f"  in your account: {listed}{f' and {more} more' if more > 0 else ''}")
        needed = is_needed(name, so_far)
        answers[name] = _ask(name, parameter, offered, ask, say, needed=needed)
    return answers


def _ask(
    name: str,
    parameter: Mapping[str, Any],
    offered: str,
    ask: Callable[[str], str],
    say: Callable[[str], None],
    *,
    needed: bool,
) -> str:
    while True:
        shown = offered or ("needed" if needed else "empty")
        answer = re.sub(r"\s*,\s*", ",", ask(f"  [{shown}] ").strip()) or offered
        answer = "" if answer == EMPTY else answer
        complaint = refusal(name, answer, parameter)
        if needed and not answer:
            complaint = complaint or "is needed"
        if not complaint:
            return answer
        say(f"  {name} {complaint}, not {answer!r}")


def _has_token(answers: Answers) -> bool:
    return bool(answers.get("SlackToken"))


def _not_there(name: str, value: str, values: list[str]) -> str:
    """What of an earlier answer the account doesn't have, where it has something else."""
    there = {each for listed in values for each in listed.split(",")}
    if name not in OF_THE_ACCOUNT or not there or not value:
        return ""
    return ",".join(each for each in value.split(",") if each not in there)


def _changed(answers: Answers, known: Answers) -> bool:
    """Whether an answer is another than before: what follows from it may be another too."""
    return any(name in known and known[name] != value for name, value in answers.items())


def _likeliest(values: list[str], default: str, environment: str) -> str:
    """What Enter takes: nothing where the account has several and none is named for this."""
    named = [value for value in values if environment in value]
    if environment == PRODUCTION and default in values:
        return default
    if named or len(values) == 1:
        return (named or values)[0]
    return "" if values else default
