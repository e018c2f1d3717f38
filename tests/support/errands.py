"""Errands that nobody does: what was to be done is remembered."""

from dataclasses import dataclass

from protocol.address import Address
from protocol.errands import Errand


@dataclass(frozen=True)
class Cancelling:
    """An errand was to be stopped."""

    number: int


class ErrandsOnPaper:
    """Satisfies `actors.errands.Errands`: tells an address what is to be done."""

    def __init__(self, told: Address[Errand | Cancelling]) -> None:
        self._told = told

    def start(self, errand: Errand) -> None:
        """Tell it."""
        self._told.tell(errand)

    def cancel(self, number: int) -> None:
        """Tell it."""
        self._told.tell(Cancelling(number))
