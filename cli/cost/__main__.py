"""`make cost`: the bill of a month, for the defaults or for other parameters.

python -m cli.cost [--set "AlarmSet=all …"]
"""

import argparse
import sys

from cli.cost.bill import Bill
from cli.cost.page import JIKI, terminal
from cli.cost.schedule import BadSchedule
from cli.cost.usage import usage
from cli.parameters import BadParameters, checked


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
    print(terminal(Bill.of(uses)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
