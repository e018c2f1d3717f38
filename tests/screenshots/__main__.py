"""Makes the pictures in the README: `python -m tests.screenshots [--check] [NAME...]`; `scripts/screenshots` is the
same."""

import argparse
import sys

from tests.screenshots.difference import compare
from tests.screenshots.scenes import PICTURES, SCENES, Scene


def main(arguments: list[str]) -> int:
    """Make the pictures that are named, or all; return the exit status: 1 if one is not as it was kept."""
    parser = argparse.ArgumentParser(prog="screenshots", description="Makes the pictures in the README.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(one.name for one in SCENES)}")
    parser.add_argument("--check", action="store_true", help="write nothing: say how they differ from those kept")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - {scene.name for scene in SCENES}
    if unknown:
        parser.error(f"no picture is called {min(unknown)!r}")
    chosen = [scene for scene in SCENES if not options.names or scene.name in options.names]
    return max(map(_check if options.check else _write, chosen))


def _write(scene: Scene) -> int:
    PICTURES.mkdir(exist_ok=True)
    scene.path.write_text(scene.shoot(), encoding="utf-8")
    print(f"{scene.name}: written to {scene.path}")
    return 0


def _check(scene: Scene) -> int:
    difference = compare(scene.kept(), scene.shoot())
    print(f"{scene.name}: {'not as it was kept' if difference else 'as it was kept'}")
    print(difference, end="\n" if difference else "")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
