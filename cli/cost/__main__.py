"""`make cost`: the bill of a month, for the defaults or for other parameters.

python -m cli.cost [--set "AlarmSet=all …"]
"""

import argparse
import sys

from rich import box
from rich.console import Console
from rich.table import Table

from cli.cost.bill import Bill
from cli.cost.page import JIKI, table
from cli.cost.schedule import BadSchedule
from cli.cost.usage import usage
from cli.parameters import BadParameters, checked

HEAD = ("", "units a month", "costs", "with what is free")
# docs/cost.md also has the list prices and their dates; a terminal has no room for them.
LEFT_OUT = slice(2, 4)


def main() -> int:
    """Parse the parameters, print the bill."""
    parser = argparse.ArgumentParser(prog="make cost", description=__doc__)
    parser.add_argument("--set", dest="given", default="", metavar="Name=value")
    try:
        uses = usage(JIKI | checked(parser.parse_args().given))
    except BadParameters as error:
        parser.error(str(error))
    except BadSchedule as error:
        parser.error(f"no such schedule: {error}")
    shown = Table(*HEAD, box=box.SIMPLE)
    for row in table(Bill.of(uses)):
        cells = [cell.replace("**", "") for cell in row]
        del cells[LEFT_OUT]
        shown.add_row(*cells)
    Console().print(shown)
    print("US dollars a month; the list prices are in docs/cost.md.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
