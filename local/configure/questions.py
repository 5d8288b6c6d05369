"""Which parameters a person is asked for, and what counts as an answer."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from local.configure.account import Answers, Suggestion

ASKED = (
    "DatabaseClusterId",
    "VpcId",
    "SubnetIds",
    "DatabaseCidr",
    "EcsCluster",
    "WebService",
    "WorkerService",
    "LoadBalancerName",
    "TargetGroupName",
    "HealthCheckUrl",
    "AlertEmail",
    "SlackTokenParameter",
    "SlackChannel",
    "RunbookUrl",
)
"""In this order, for the account's suggestions follow from earlier answers."""
AT_FIRST = {"ScalerDryRun": "true", "RotationSchedule": ""}
"""Only thinking, and no rotation before the database can be reached; people change these later."""
EMPTY = "-"
_OF_TYPE = {
    "AWS::EC2::VPC::Id": (r"vpc-[0-9a-f]+", "must be the id of a VPC, vpc-…"),
    "List<AWS::EC2::Subnet::Id>": (
        r"subnet-[0-9a-f]+(,subnet-[0-9a-f]+)*",
        "must be ids of subnets, subnet-…, with commas between them",
    ),
}

type Parameters = Mapping[str, Mapping[str, Any]]
"""The section Parameters of the template."""


def ask_all(
    parameters: Parameters,
    known: Answers,
    suggest: Callable[[str, Answers], Suggestion],
    ask: Callable[[str], str],
    say: Callable[[str], None],
) -> dict[str, str]:
    """An answer for each parameter of ASKED, by name; all of `known` is kept.

    Offered is what was known, else what the account suggests, else the template's default. An
    answer that the template refuses is asked for again, with what it must be.
    """
    answers = dict(known)
    told = {""}
    for name in ASKED:
        if name == "SlackChannel" and not answers.get("SlackTokenParameter"):
            continue
        found = suggest(name, answers)
        if found.trouble not in told:
            told.add(found.trouble)
            say(f"\nNot looked up in your account: {found.trouble}")
        default = str(parameters[name].get("Default", ""))
        offered = next((one for one in (known.get(name), *found.values, default) if one), "")
        others = [value for value in found.values if value != offered]
        say(f"\n{name}: {' '.join(str(parameters[name]['Description']).split())}")
        if others:
            say(f"  also there: {', '.join(others)}")
        while True:
            answer = ask(f"  [{offered}] " if offered else "  ").strip() or offered
            answer = "" if answer == EMPTY else answer
            if not (complaint := refusal(answer, parameters[name])):
                break
            say(f"  {name} {complaint}, not {answer!r}")
        answers[name] = answer
    return {**AT_FIRST, **answers}


def refusal(answer: str, parameter: Mapping[str, Any]) -> str:
    """What an answer must be, where CloudFormation would refuse it; else nothing."""
    pattern, must = _OF_TYPE.get(
        parameter["Type"],
        (
            parameter.get("AllowedPattern", ".*"),
            parameter.get("ConstraintDescription", "is no valid value"),
        ),
    )
    return "" if re.fullmatch(pattern, answer) else str(must)
