"""What changed just before: deployments by their images, and everything else that is remembered."""

import re
from copy import replace

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from send_alerts.incident.decide import is_rollback
from send_alerts.ports import Ports
from send_alerts.reading.notice import Notice, Part

GIT_SHA = re.compile(r"[0-9a-f]{40}")


def with_image(notice: Notice, ports: Ports) -> Notice:
    """Of a deployment, called by its image, where ECS still knows it."""
    image = _image(notice, ports)
    # A git sha is known by its beginning.
    label = image[:7] if GIT_SHA.fullmatch(image) else image
    return replace(notice, label=label or notice.label)


def _image(notice: Notice, ports: Ports) -> str:
    facts = dict(notice.facts)
    try:
        return ports.images.image_tag(facts["Cluster"], facts["Service"], notice.ref)
    except (BotoCoreError, ClientError, LookupError) as error:
        logger.warning("image of the deployment unknown", reason=str(error))
        return ""


def remember(notice: Notice, ports: Ports) -> str:
    """Keep it, to be shown beside what opens next; what was done, in words."""
    title = notice.title
    if notice.part is Part.DEPLOYMENT and notice.ref:
        story = ports.incidents.load(notice.key).incident
        if is_rollback(story, notice.ref):
            title = f"{notice.title}: ECS has rolled back, the new version is not live"
        elif image := _image(notice, ports):
            title = f"{title}, image {image}"
    ports.background.remember(notice.key, notice.occurred_at, title)
    return f"remembered: {title}"
