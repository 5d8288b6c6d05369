"""The address that Slack sends clicks and commands to, asked as a stranger would."""

from urllib3.exceptions import HTTPError

from probe_deployment.context import Context
from probe_deployment.finding import Finding

REFUSED = 415
"""How answer_slack refuses what is no form post (answer_slack.refusal)."""
EXPECTED = f"{REFUSED}: it answers, and refuses what Slack did not sign"
REMEDIES = {
    # Since October 2025 a function URL needs both (AWS Lambda Developer Guide, "Control access").
    403: "its resource policy must allow lambda:InvokeFunctionUrl and lambda:InvokeFunction to"
    " everybody: {deploy}; and no service control policy may forbid them",
    429: "the function is throttled: somebody asks without end, or its reserved concurrency is 0",
    502: "the function failed: aws logs tail /aws/lambda/{name}",
}


def check(context: Context) -> Finding:
    """It is refused by the function itself, and by nothing in front of it."""
    url = context.settings.answer_slack_url
    if not url:
        return Finding.skipped("the stack takes no Slack (parameter SlackSigningSecret is empty)")
    try:
        status = context.get(url, "").status
    except HTTPError as error:
        return Finding.failed(
            f"no answer from {url}: {type(error).__name__}", EXPECTED, f"try it: curl -sv {url}"
        )
    if status == REFUSED:
        return Finding.passed(EXPECTED, EXPECTED)
    remedy = REMEDIES.get(status, REMEDIES[502])
    name = f"{context.settings.stack_name}-answer-slack"
    return Finding.failed(
        f"{status} from {url}", EXPECTED, remedy.format(deploy=context.deploy_command(), name=name)
    )
