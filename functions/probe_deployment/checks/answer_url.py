"""The address that Slack sends clicks and commands to, asked as a stranger would."""

from urllib3.exceptions import HTTPError

from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.explain import Meaning
from probe_deployment.finding import Finding

REFUSED = 415
"""How answer_slack refuses what is no form post (answer_slack.refusal)."""
EXPECTED = f"{REFUSED}: it answers, and refuses what Slack did not sign"
MEANINGS = {
    # Since October 2025 a function URL needs both (AWS Lambda Developer Guide, "Control access").
    403: Meaning(
        Cause.DENIED,
        "its resource policy must allow lambda:InvokeFunctionUrl and lambda:InvokeFunction to"
        " everybody: {deploy}; and no service control policy may forbid them",
    ),
    429: Meaning(
        Cause.THROTTLED,
        "the function is throttled: somebody asks without end, or its reserved concurrency is 0",
    ),
}
FAILED = Meaning(Cause.BAD_STATUS, "the function failed: aws logs tail /aws/lambda/{name}")


def check(context: Context) -> Finding:
    """It is refused by the function itself, and by nothing in front of it."""
    url = context.settings.answer_slack_url
    if not url:
        return Finding.skipped("the stack takes no Slack (parameter SlackSigningSecret is empty)")
    try:
        status = context.get(url, "").status
    except HTTPError as error:
        return Finding.failed(
            f"no answer from {url}: {type(error).__name__}",
            EXPECTED,
            f"try it: curl -sv {url}",
            cause=Cause.UNREACHABLE,
        )
    if status == REFUSED:
        return Finding.passed(EXPECTED, EXPECTED)
    meaning = MEANINGS.get(status, FAILED)
    name = f"{context.settings.stack_name}-answer-slack"
    remedy = meaning.remedy.format(deploy=context.deploy_command(), name=name)
    return Finding.failed(f"{status} from {url}", EXPECTED, remedy, cause=meaning.cause)
