"""`make cost`: the bill of a month, for the defaults or for other parameters.

python -m local.cost [--set "AlarmSet=all …"]
"""

import argparse
import sys

from rich.console import Console
from rich.table import Table

from local.cost.bill import Bill
from local.cost.page import JIKI, table
from local.cost.schedule import BadSchedule
from local.cost.usage import usage
from local.parameters import BadParameters, checked

HEAD = ("", "units a month", "list price", "published", "costs", "with what is free")


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
    shown = Table(*HEAD)
    for row in table(Bill.of(uses)):
        shown.add_row(*(cell.replace("**", "") for cell in row))
    Console().print(shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
