"""The rule of a composite alarm: which alarms it names.

Source: Amazon CloudWatch User Guide, "Composite alarms", rule expressions.
"""

import re

_STATES = "ALARM|OK|INSUFFICIENT_DATA"
_CHILD = re.compile(rf"\b(?:{_STATES})\s*\(\s*([\"']?)(?P<name>.+?)\1\s*\)")
# AT_LEAST(2, ALARM, (one, "two")), AT_LEAST(60%, NOT OK, (one, two)).
_AT_LEAST = re.compile(
    rf"\bAT_LEAST\s*\([^,]+,\s*(?:NOT\s+)?(?:{_STATES})\s*,\s*\((?P<names>.*?)\)\s*\)"
)
_LISTED = re.compile(
    r"\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^,]+?))\s*(?:,|$)"
)


def children_of(arn: str, name: str, rule: str) -> tuple[str, ...]:
    """The keys of the alarms that a composite's rule names; in its own account and region."""
    here = arn.rsplit(f":alarm:{name}", 1)[0]
    listed = [
        one["double"] or one["single"] or one["bare"]
        for found in _AT_LEAST.finditer(rule)
        for one in _LISTED.finditer(found["names"])
    ]
    single = [found["name"] for found in _CHILD.finditer(_AT_LEAST.sub("", rule))]
    names = dict.fromkeys(name for name in (*single, *listed) if name)
    return tuple(
        f"alarm:{name if name.startswith('arn:') else f'{here}:alarm:{name}'}" for name in names
    )
