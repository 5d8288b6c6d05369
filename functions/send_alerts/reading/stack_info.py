"""Where this function runs: what an event does not say by itself."""

from typing import NamedTuple

from send_alerts.reading import links
from send_alerts.reading.notice import Link


class StackInfo(NamedTuple):
    """The region, and what the stack's parameters say of logs and the runbook."""

    region: str
    log_group_prefix: str
    """A service logs to the group of this prefix and its own name."""
    web_service: str
    """Whose logs are linked to where an event names no other."""
    runbook_url: str
    """Address of the team's docs/runbook.md; empty or no address for none."""

    def log_group(self, service: str = "") -> str:
        """The log group of a service."""
        return f"{self.log_group_prefix}{service or self.web_service}"

    def runbook(self, section: str) -> tuple[Link, ...]:
        """The link to a section of the runbook, if the team's copy has an address."""
        address = links.web_address(f"{self.runbook_url}#{section}")
        return (Link("Runbook", address),) if address else ()
