"""Runs the loads: `python -m tests.soak.load [--quick] [--minutes M] [NAME...]`; `scripts/soak` is the same."""

import argparse
import sys
import time

from tests.soak.load.figures import Figures, measure, table
from tests.soak.load.loads import LOADS
from tests.soak.load.server import serving


def main(arguments: list[str]) -> int:
    """Run what is named, or all, once or until the time is over; return 1 if something did not come back."""
    parser = argparse.ArgumentParser(prog="soak", description="Much of everything; then counts what is left of it.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="loads whose name begins so; all by default")
    parser.add_argument("--quick", action="store_true", help="small numbers, for a minute")
    parser.add_argument("--minutes", type=float, default=0.0, metavar="M", help="again and again, for so long")
    options = parser.parse_args(arguments)
    loads = [each for each in LOADS if not options.names or each.name.startswith(tuple(options.names))]
    if not loads:
        parser.error(f"no load begins with any of: {', '.join(options.names)}")
    end = time.monotonic() + 60 * options.minutes
    measured: list[Figures] = []
    while not measured or time.monotonic() < end:
        for load in loads:
            with serving() as port:
                measured.append(measure(load, port, load.quick if options.quick else load.half))
            print(table(measured[-1:]) if len(measured) == 1 else table(measured[-1:]).partition("\n")[2], flush=True)
    print(f"\nbefore, half way, at the end, after the stop\n{table(measured)}")
    return 1 if any(each.faults for each in measured) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
