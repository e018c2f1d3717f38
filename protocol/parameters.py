"""What a user sets for requests besides the model and the messages: all of it empty until somebody sets it."""

from collections.abc import Iterable, Mapping
from typing import NewType

from msgspec.structs import replace

from protocol.message import Value

OptionValue = bool | int | float | tuple[str, ...]
"""Of the kind that the option has (see `protocol.options`); several texts only for `stop`."""
Think = bool | str
"""Whether a model thinks; a text says how much: `low`, `medium`, `high`, `max`."""
FormatText = NewType("FormatText", str)
"""JSON, as it is sent: `"json"` (with its quotes) or a schema, which is an object."""


class Option(Value, frozen=True):
    """One of Ollama's runtime options (api/types.go, `Options` and `Runner`) and what it is set to."""

    name: str
    value: OptionValue


class Parameters(Value, frozen=True):
    """What was set for the requests of a conversation. What is None, or empty, is not sent: the server decides."""

    options: tuple[Option, ...] = ()
    """Sorted by name, none twice."""
    think: Think | None = None
    format: str = ""
    """A FormatText; empty for none."""
    keep_alive: str | None = None
    """How long the model stays loaded after the reply: a duration by Go's rules, or a number of seconds."""
    truncate: bool | None = None
    """Whether the server may leave out old messages where all do not fit; False has it refuse instead."""
    shift: bool | None = None
    """Whether the server may forget the oldest tokens when the context is full; False has it end the reply."""

    @property
    def empty(self) -> bool:
        """True where nothing is set."""
        return self == NOTHING_SET

    def option(self, name: str) -> OptionValue | None:
        """What an option is set to; None where it is not set."""
        return next((option.value for option in self.options if option.name == name), None)

    def with_option(self, name: str, value: OptionValue | None) -> "Parameters":
        """Return these with an option set to another value; None takes it out."""
        others = [option for option in self.options if option.name != name]
        return replace(self, options=_sorted([*others, *([] if value is None else [Option(name, value)])]))

    def over(self, other: "Parameters") -> "Parameters":
        """Return what holds where these were said after the others: what is set here wins, option by option."""
        options = {option.name: option for option in (*other.options, *self.options)}
        return Parameters(
            _sorted(options.values()),
            other.think if self.think is None else self.think,
            self.format or other.format,
            other.keep_alive if self.keep_alive is None else self.keep_alive,
            other.truncate if self.truncate is None else self.truncate,
            other.shift if self.shift is None else self.shift,
        )

    @staticmethod
    def of_options(options: Mapping[str, OptionValue]) -> "Parameters":
        """Return the parameters in which only these options are set."""
        return Parameters(_sorted(Option(name, value) for name, value in options.items()))


def _sorted(options: Iterable[Option]) -> tuple[Option, ...]:
    return tuple(sorted(options, key=lambda option: option.name))


NOTHING_SET = Parameters()
