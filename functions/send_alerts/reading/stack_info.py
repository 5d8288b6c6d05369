"""Where this function runs: what an event does not say by itself."""

from datetime import datetime
from typing import NamedTuple

from send_alerts.reading import links
from send_alerts.reading.notice import Link


class StackInfo(NamedTuple):
    """What the stack's parameters say of the app, its logs and the runbook."""

    region: str
    log_group_prefix: str
    """A service logs to the group of this prefix and its own name."""
    web_service: str
    """Whose logs are linked to where an event names no service."""
    runbook_url: str
    """Address of the team's docs/runbook.md; empty or no address for none."""
    environment: str = ""
    """What people call this environment."""
    cluster: str = ""
    services: tuple[str, ...] = ()
    """Those whose log groups are known to be there; empty for any."""

    account: str = ""
    """This function's own; empty where nobody knows."""

    def log_group(self, service: str = "") -> str:
        """The log group of a service; empty for one that is none of the app's."""
        name = service or self.web_service
        known = not self.services or name in self.services
        return f"{self.log_group_prefix}{name}" if name and known else ""

    def logs(self, region: str, service: str, at: datetime) -> tuple[Link, ...]:
        """The link to a service's logs around a time, if they are known to be there."""
        group = self.log_group(service)
        return (links.logs(region, group, at),) if group else ()

    def runbook(self, section: str) -> tuple[Link, ...]:
        """The link to a section of the runbook, if the team's copy has an address."""
        address = links.web_address(f"{self.runbook_url}#{section}")
        return (Link("Runbook", address),) if address else ()

    def runbook_fact(self, section: str) -> tuple[tuple[str, str], ...]:
        """Where to read, for people whose copy of the runbook has no address."""
        return () if self.runbook(section) else (("Runbook", f"docs/runbook.md#{section}"),)
