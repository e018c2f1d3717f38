"""The console script. It imports the program inside its own net, so that Ctrl-C is quiet from the beginning."""

import sys

_INTERRUPTED = 130


def run() -> None:
    """Run the program with the command line's arguments, and end the process with its status."""
    try:
        from ui.main import main

        status = main(sys.argv[1:])
    except KeyboardInterrupt:
        status = _INTERRUPTED
    sys.exit(status)


if __name__ == "__main__":
    run()
