"""Readiness of the app's configuration table: no placeholder where a real value must be."""

from ops_common.app_config import TABLE_KEY, TABLE_VALUE
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding, Trouble, first_cause
from probe_deployment.placeholders import is_placeholder


def check(context: Context) -> Finding:
    """Each value that must begin in a certain way does (Stripe's `pk_live_`, `price_`)."""
    table, settings = context.config_table(), context.settings
    found = {key: table.value(key) for key in settings.expected_config}
    return judge(found, settings.expected_config, settings.app_config.table_name)


def judge(found: dict[str, str | None], prefixes: dict[str, str], table: str) -> Finding:
    """Which values of the table don't begin as they must."""
    troubles = {
        key: Trouble(Cause.PLACEHOLDER, "is a placeholder")
        if found[key]
        else Trouble(Cause.MISSING, "is absent")
        for key, prefix in prefixes.items()
        if not _real(found[key] or "", prefix)
    }
    expected = ", ".join(f"{key} {prefix}…" for key, prefix in prefixes.items())
    if troubles:
        # Not put-item, which would drop the item's other attributes.
        remedy = "; ".join(
            f"aws dynamodb update-item --table-name {table}"
            f' --key \'{{"{TABLE_KEY}": {{"S": "{key}"}}}}\''
            " --update-expression 'SET #value = :value'"
            f' --expression-attribute-names \'{{"#value": "{TABLE_VALUE}"}}\''
            f' --expression-attribute-values \'{{":value": {{"S": "{prefixes[key]}…"}}}}\''
            for key in troubles
        )
        observed = ", ".join(f"{key} {trouble.words}" for key, trouble in troubles.items())
        return Finding.failed(
            observed, expected, remedy, cause=first_cause(troubles), subjects=troubles
        )
    return Finding.passed(f"{len(prefixes)} real values", expected)


def _real(value: str, prefix: str) -> bool:
    return value.startswith(prefix) and not is_placeholder(value, prefix)
