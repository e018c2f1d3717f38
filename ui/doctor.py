"""`chinwag doctor`: everything is looked at, whatever else is broken, and each finding is a line."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from protocol.json_text import json_text
from ui.check import Check, Health, Report, fail
from ui.exit_status import DONE, FAILED
from ui.sanitiser import sanitise

VERSION = 1
_MARKS = {Health.OK: "  ok", Health.WARN: "warn", Health.FAIL: "FAIL"}

Look = Callable[[], Iterable[Check]]

_logger = logging.getLogger(__name__)


class Doctor:
    """One run of the command. `looks` are done in order, each by its name. Writing raises OSError."""

    def __init__(self, looks: Iterable[tuple[str, Look]], out: TextIO) -> None:
        self._looks = looks
        self._out = out

    def run(self, as_json: bool) -> int:
        """Look at everything, print what was found, and return the exit status."""
        found = []
        for check in self._checks():
            found.append(check)
            if not as_json:
                self._print(check)
        if as_json:
            self._out.write(json_text(Report(VERSION, tuple(found)), pretty=True))
        return FAILED if any(check.state is Health.FAIL for check in found) else DONE

    def _checks(self) -> Iterator[Check]:
        """A look that fails itself is a finding, too."""
        for name, look in self._looks:
            try:
                yield from look()
            except Exception as error:
                _logger.exception("the look at %s failed", name)
                yield fail(name, f"this could not be looked at ({error})", "The log may say more.")

    def _print(self, check: Check) -> None:
        advice = f"\n      {check.advice}" if check.advice else ""
        self._out.write(sanitise(f"{_MARKS[check.state]}  {check.about}: {check.what}{advice}\n"))
        self._out.flush()
