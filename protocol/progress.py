"""How far a pull is: what a server says, line by line, made into something that never goes back."""

from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from protocol.message import Message, Value

MOST_LAYERS = 64
"""No model has nearly as many; what comes beyond is not counted."""
_MOST_STATUS = 120
"""Characters."""
_SHORT = 12


class WorkLine(Message, frozen=True):
    """One line of what a store says while it works."""

    status: str = ""
    digest: str = ""
    total: int | None = None
    """Bytes of this layer."""
    completed: int | None = None
    done: bool = False
    """Nothing more is to come."""


class WorkError(Message, frozen=True):
    """The store gives up, in its own words: the last line of an answer that began well."""

    words: str


WorkFrame = WorkLine | WorkError


def concealed(frame: WorkFrame, conceal: Callable[[str], str]) -> WorkFrame:
    """Return what is said without what the server was told in secret."""
    match frame:
        case WorkLine():
            return replace(frame, status=conceal(frame.status))
        case WorkError():
            return WorkError(conceal(frame.words))
        case _:
            assert_never(frame)


class Layer(Value, frozen=True):
    """One part of a model."""

    digest: str
    total: int = 0
    """Bytes; 0 while that is not known."""
    completed: int = 0
    """Bytes, never more than `total`."""

    @property
    def name(self) -> str:
        """The digest as people see it."""
        return _in_a_line(self.digest.removeprefix("sha256:")[:_SHORT])

    @property
    def share(self) -> float:
        """How much of it is there, from 0 to 1."""
        return self.completed / self.total if self.total else 0.0


class Progress(Value, frozen=True):
    """All that is known of how far a pull, or another work, is. No number in it ever gets less."""

    status: str = ""
    """What is done now, in the server's words."""
    layers: tuple[Layer, ...] = ()
    """In the order in which they came up."""

    def after(self, line: WorkLine) -> "Progress":
        """Return what is known once a line has come. What makes no sense in it counts as not said."""
        status = _in_a_line(line.status)[:_MOST_STATUS] or self.status
        if not line.digest:
            return Progress(status, self.layers)
        return Progress(status, self._with(replace(line, digest=line.digest[:_MOST_STATUS])))

    @property
    def total(self) -> int:
        """Bytes of all layers that are known."""
        return sum(layer.total for layer in self.layers)

    @property
    def completed(self) -> int:
        """Bytes that are there."""
        return sum(layer.completed for layer in self.layers)

    @property
    def percent(self) -> int | None:
        """How much of the known layers is there, in whole percent, 100 only for all of it; None before the first.

        It may go back where a layer comes up that was not known; what each `Layer` says does not.
        """
        total = self.total
        return self.completed * 100 // total if total else None

    def _with(self, line: WorkLine) -> tuple[Layer, ...]:
        place = next((number for number, one in enumerate(self.layers) if one.digest == line.digest), None)
        if place is None:
            known = self.layers[:MOST_LAYERS]
            return (*known, _grown(Layer(line.digest), line)) if len(known) < MOST_LAYERS else known
        return (*self.layers[:place], _grown(self.layers[place], line), *self.layers[place + 1 :])


def _grown(layer: Layer, line: WorkLine) -> Layer:
    """The first total holds: with another one the share might go back."""
    total = layer.total or max(0, line.total or 0)
    return replace(layer, total=total, completed=max(layer.completed, min(total, line.completed or 0)))


def _in_a_line(words: str) -> str:
    return " ".join(words.split())
