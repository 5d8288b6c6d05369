"""`make playground`: keep the local world up, with an alarm to act on, and say what to click.

Everything ends with Ctrl-C.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from local.ctrl_c import INTERRUPTED
from local.deploy import DeployFailed
from local.ministack import EmulatorUnavailable
from local.postgres import PostgresUnavailable
from local.start_world import start_world
from local.world import World
from paths import ROOT

WHAT_TO_CLICK = """
The channel, as Slack would show it: {page}

  1. Acknowledge the alarm: its message says by whom, and the thread too.
  2. Silence it, or close it with a reason, from the menus.
  3. Be eve, who is no operator, and try again.
  4. Type below: status, why, hold 3 30m, release, rotate (and confirm as ben), help.

AWS is at {aws} (MiniStack; any credentials will do).
Ctrl-C ends everything.
"""


def open_alarm(world: World) -> None:
    """Let an alarm go off now, by the bus as CloudWatch's do."""
    event = json.loads((ROOT / "events/alerts/alarm_metric.json").read_text())
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    event["detail"]["state"] |= {"value": "ALARM", "timestamp": now}
    world.put_event(event)


def page_of(world: World) -> str:
    """The address of the channel."""
    return world.slack.url.removesuffix("api/")


def play(world: World, say: Callable[[str], object], wait: Callable[[], object]) -> None:
    """Prepare the world, say what to click, and wait."""
    open_alarm(world)
    world.wait_for(lambda: bool(world.slack.messages))
    say(WHAT_TO_CLICK.format(page=page_of(world), aws=world.emulator.url))
    wait()


def _for_ever() -> None:
    while True:
        time.sleep(3600)


def main() -> int:
    """Run until Ctrl-C."""
    try:
        with start_world(print) as world:
            play(world, print, _for_ever)
    except (DeployFailed, EmulatorUnavailable, PostgresUnavailable) as error:
        print(error)
        return 2
    except KeyboardInterrupt:
        print("Stopped; everything that was started has ended.")
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
