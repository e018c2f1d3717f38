"""Replays a seed, or tries many: see `tests.simulation.command`."""

import sys

from tests.simulation.command import main

sys.exit(main(sys.argv[1:]))
