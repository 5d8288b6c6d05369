"""`make demo`: start the local world, deploy into it, play the stories.

Ends with a line per story and what to do next, and with exit code 0 only if every expectation of
each one held.
"""

import argparse
import importlib
import time
import traceback
from pathlib import Path

from rich.console import Console

from local.ctrl_c import INTERRUPTED
from local.demo import picture
from local.demo.narrator import Narrator
from local.deploy import DeployFailed
from local.ministack import EmulatorUnavailable
from local.postgres import PostgresUnavailable
from local.start_world import start_world
from local.world import World

STORIES = ("rotation", "scaling", "alert", "outage", "probe", "environments")
NEXT = """
Next
  make demo STORY=outage   one story again
  make playground          the Slack channel as a page whose buttons work
  make fit REGION=…        does it fit your app? Your account is only read
  docs/README.md           ten tasks, each with its command
"""


def main() -> int:
    """Play the stories that were asked for; 0 if all went as expected."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("story", nargs="*", default=STORIES, help=f"of {', '.join(STORIES)}")
    parser.add_argument("--record", type=Path, metavar="FOLDER", help="draw each story into it")
    given = parser.parse_args()
    stories = given.story
    unknown = sorted(set(stories) - set(STORIES))
    if unknown:
        parser.error(f"no story {', '.join(unknown)}; there are {', '.join(STORIES)}")
    console = Console(emoji=False)
    if given.record:
        given.record.mkdir(parents=True, exist_ok=True)
        console = Console(emoji=False, record=True, width=picture.COLUMNS)
    started = time.monotonic()
    try:
        with console.status("starting …") as status, start_world(status.update) as world:
            status.stop()
            console.print(f"Deployed into the local AWS in {time.monotonic() - started:.0f} s.")
            results = {}
            for name in stories:
                results[name] = _play(name, world, console)
                if given.record and not results[name].failures:
                    printed = console.export_text(styles=True)
                    picture.draw(name, printed, given.record / f"demo-{name}.svg")
    except (DeployFailed, EmulatorUnavailable, PostgresUnavailable) as error:
        console.print(str(error), style="bold red", markup=False)
        return 2
    except KeyboardInterrupt:
        console.print("Stopped; everything that was started has ended.")
        return INTERRUPTED
    console.print()
    for name, say in results.items():
        passed = say.expectations - len(say.failures)
        mark = "[bold green]✓[/]" if not say.failures else "[bold red]✗[/]"
        console.print(f"{mark} {name}: {passed} of {say.expectations} expectations held")
    console.print(f"Played in {time.monotonic() - started:.0f} s.")
    console.print(NEXT, highlight=False)
    return 1 if any(say.failures for say in results.values()) else 0


def _play(name: str, world: World, console: Console) -> Narrator:
    say = Narrator(console)
    world.settle()
    try:
        importlib.import_module(f"local.demo.{name}").play(world, say)
    except Exception:  # noqa: BLE001  # the other stories are played all the same
        console.print(traceback.format_exc(), style="red", markup=False)
        say.expect("the story can be played to its end", held=False)
    if not say.expectations:
        say.expect("the story expects something", held=False)
    return say


if __name__ == "__main__":
    raise SystemExit(main())
