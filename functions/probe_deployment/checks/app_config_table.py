"""Readiness of the app's configuration table: no placeholder where a real value must be."""

from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.placeholders import is_placeholder


def check(context: Context) -> Finding:
    """Each value that must begin in a certain way does (Stripe's `pk_live_`, `price_`)."""
    table, settings = context.config_table(), context.settings
    found = {key: table.value(key) for key in settings.expected_config}
    config = settings.app_config
    return judge(
        found,
        settings.expected_config,
        (config.table_name, config.table_key_attribute, config.table_value_attribute),
    )


def judge(
    found: dict[str, str | None], prefixes: dict[str, str], names: tuple[str, str, str]
) -> Finding:
    """Which values don't begin as they must; `names` of the table and its two attributes."""
    bad = [key for key, prefix in prefixes.items() if not _real(found[key] or "", prefix)]
    expected = ", ".join(f"{key} {prefix}…" for key, prefix in prefixes.items())
    if bad:
        table, key_name, value_name = names
        # Not put-item, which would drop the item's other attributes.
        remedy = "; ".join(
            f"aws dynamodb update-item --table-name {table}"
            f' --key \'{{"{key_name}": {{"S": "{key}"}}}}\''
            " --update-expression 'SET #value = :value'"
            f' --expression-attribute-names \'{{"#value": "{value_name}"}}\''
            f' --expression-attribute-values \'{{":value": {{"S": "{prefixes[key]}…"}}}}\''
            for key in bad
        )
        observed = ", ".join(
            f"{key} {'is a placeholder' if found[key] else 'is absent'}" for key in bad
        )
        return Finding.failed(observed, expected, remedy)
    return Finding.passed(f"{len(prefixes)} real values", expected)


def _real(value: str, prefix: str) -> bool:
    return value.startswith(prefix) and not is_placeholder(value, prefix)
