"""`make cost`: the bill of a month, for the defaults or for other parameters.

python -m local.cost [AlarmSet=all …]
"""

import argparse
import sys

from rich.console import Console
from rich.table import Table

from local.cost.bill import Bill
from local.cost.page import JIKI, table
from local.cost.schedule import BadSchedule
from local.cost.usage import usage

HEAD = ("", "units a month", "list price", "published", "costs", "with what is free")


def main() -> int:
    """Parse the parameters, print the bill."""
    parser = argparse.ArgumentParser(prog="make cost", description=__doc__)
    parser.add_argument("parameters", nargs="*", metavar="Name=value", help="of template.yaml")
    pairs = [text.partition("=") for text in parser.parse_args().parameters]
    if wrong := [name for name, sign, _ in pairs if not sign]:
        parser.error(f"a parameter is given as Name=value, not {wrong[0]!r}")
    try:
        uses = usage(JIKI | {name: value for name, _, value in pairs})
    except KeyError as error:
        parser.error(str(error.args[0]))
    except BadSchedule as error:
        parser.error(f"no such schedule: {error}")
    shown = Table(*HEAD)
    for row in table(Bill.of(uses)):
        shown.add_row(*(cell.replace("**", "") for cell in row))
    Console().print(shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
