"""Reading a table of the configuration file that has a check of its own."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from protocol.options import Unfit
from ui.configuration_keys import Tell
from ui.configuration_kinds import Wrong

T = TypeVar("T")


class TableReader:
    """Goes on after a mistake, so that all are told at once. Other files are looked for from `folder` on."""

    def __init__(self, tell: Tell, folder: Path) -> None:
        self._mistake = tell
        self._folder = folder

    def _checked(
        self, place: tuple[str, ...], table: Mapping[str, object], key: str, check: Callable[[object], T]
    ) -> T | None:
        """What a key says; None where it is not there, or a mistake. `check` raises Wrong, or Unfit, for one."""
        if key not in table:
            return None
        try:
            return check(table[key])
        except (Wrong, Unfit) as error:
            self._mistake((*place, key), str(error))
            return None
