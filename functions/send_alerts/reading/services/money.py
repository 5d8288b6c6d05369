"""AWS Budgets (text by SNS, never JSON) and Cost Anomaly Detection (JSON, by SNS or EventBridge).

Source: AWS Cost Management User Guide. The anomaly's field is `dimensionalValue` by SNS and
`dimensionValue` by EventBridge.
"""

from collections.abc import Mapping
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Notice
from send_alerts.reading.services.common import detail_of, notice, once

LISTED = 3


def from_anomaly_event(arrival: Arrival) -> list[Notice]:
    """An `Anomaly Detected` of Cost Explorer."""
    return [_anomaly(arrival, detail_of(arrival))]


def from_anomaly_message(arrival: Arrival) -> list[Notice]:
    """The same by SNS."""
    return [_anomaly(arrival, arrival.body)]


def _anomaly(arrival: Arrival, anomaly: Mapping[str, Any]) -> Notice:
    impact = anomaly.get("impact") or {}
    what = anomaly.get("dimensionalValue") or anomaly.get("dimensionValue") or "this account"
    over, actual = impact.get("totalImpact"), impact.get("totalActualSpend")
    expected = impact.get("totalExpectedSpend")
    text = f"{_money(over)} over what was expected"
    if actual is not None and expected is not None:
        text = f"{text}: {_money(actual)} instead of {_money(expected)}"
    causes = [_cause(cause) for cause in anomaly.get("rootCauses") or ()]
    found = notice(
        arrival,
        f"Cost anomaly: {what}",
        Severity.WARNING,
        text,
        facts=(
            ("From", str(anomaly.get("anomalyStartDate") or "")[:10]),
            ("Until", str(anomaly.get("anomalyEndDate") or "")[:10]),
            ("Cause", "; ".join(cause for cause in causes[:LISTED] if cause)),
            ("Monitor", anomaly.get("monitorName")),
            ("Account name", anomaly.get("accountName")),
        ),
        url=str(anomaly.get("anomalyDetailsLink") or ""),
    )
    # As it grows it is sent again: that is news; the same by another way is none.
    return once(found, f"anomaly:{anomaly.get('anomalyId') or arrival.id}:{over}")


def _cause(cause: Mapping[str, Any]) -> str:
    fields = ("service", "region", "usageType", "linkedAccountName")
    return ", ".join(str(cause[field]) for field in fields if cause.get(field))


def _money(value: Any) -> str:
    try:
        return f"${float(value):,.2f}"
    except (TypeError, ValueError):
        return "an unknown amount"
