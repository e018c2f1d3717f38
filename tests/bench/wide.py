"""The program as it is, but with room for sixteen streams at once: `python -m tests.bench.wide`."""

import os
import sys
from pathlib import Path

import platformdirs
from msgspec.structs import replace

from ui.arguments import parse_arguments
from ui.log import logging_to
from ui.main import chat

STREAMS = 16


def main(arguments: list[str]) -> int:
    """Run the chat and return its exit status."""
    options = parse_arguments(arguments, os.environ)
    limits = replace(options.settings.limits, max_concurrent_streams=STREAMS)
    options = replace(options, settings=replace(options.settings, limits=limits))
    with logging_to(Path(platformdirs.user_log_dir("chinwag")) / "chinwag.log") as descriptor:
        return chat(options, descriptor)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
