"""Ollama's runtime options: a table of all of them, and whether a value is one that an option can have.

Source: `Options`, `Runner` and `DefaultOptions` in api/types.go of Ollama v0.32, the options of docs/modelfile.mdx, and
`needsReload` in server/sched.go. A server ignores names that it does not know and answers 500 for a value of another
kind, so both are refused here, before anything is sent.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum

from protocol.message import Value
from protocol.parameters import Option, OptionValue
from protocol.quoting import quoted, words_of
from protocol.text import encodable


class Unfit(ValueError):
    """A name or a value that no server could use. `str()` of it is a sentence, fit to be shown."""


class Kind(StrEnum):
    """What a value can be."""

    WHOLE = "whole number"
    NUMBER = "number"
    SWITCH = "true or false"
    TEXTS = "texts"


class OptionRow(Value, frozen=True):
    """One option."""

    name: str
    kind: Kind
    meaning: str
    """In a line."""
    least: float = 0
    most: float = 0
    """Of a number, both included."""
    unit: str = ""
    special: str = ""
    """What single values stand for."""
    default: str = ""
    """The server's own, where the model does not say otherwise."""
    short: str = ""
    """Its name on a status line, where it has a shorter one."""
    reloads: bool = False
    """The server loads the model anew for another value."""

    @property
    def takes(self) -> str:
        """What it can be set to, for people."""
        match self.kind:
            case Kind.WHOLE | Kind.NUMBER:
                return f"a {self.kind.value} from {self.least:,g} to {_in_full(self.most)}"
            case Kind.SWITCH:
                return "true or false"
            case Kind.TEXTS:
                return f"up to {MOST_TEXTS} texts"


MOST_TEXTS = 16
LONGEST_TEXT = 1000
"""Characters."""
_INT = 2**31 - 1
"""What runs the models holds whole numbers in 32 bits."""
_UNSIGNED = 2**32 - 1
_LONGEST_NUMBER = 40
"""Characters: longer ones are no use, and cost time to read."""
_LONGEST_LINE = 6 * MOST_TEXTS * (LONGEST_TEXT + 1)
"""Characters in which all texts can be written, each character as JSON escapes it."""
_SHOWN = 40

OPTIONS = (
    OptionRow(
        "temperature", Kind.NUMBER, "how freely words are chosen", 0, 10, "", "0 is the likeliest word", "0.8", "temp"
    ),
    OptionRow(
        "seed", Kind.WHOLE, "the same seed gives the same reply", -1, _UNSIGNED, "", "-1 is another one each time", "-1"
    ),
    OptionRow("num_predict", Kind.WHOLE, "the longest reply", -2, _INT, "tokens", "-1 is no limit", "-1", "predict"),
    OptionRow("stop", Kind.TEXTS, "texts at which the reply ends"),
    OptionRow("top_k", Kind.WHOLE, "how many words are chosen from", 0, _INT, "", "0 is all", "40"),
    OptionRow("top_p", Kind.NUMBER, "how likely those are together", 0, 1, "", "1 is off", "0.9"),
    OptionRow("min_p", Kind.NUMBER, "how likely each is, beside the likeliest", 0, 1, "", "0 is off", "0"),
    OptionRow("typical_p", Kind.NUMBER, "how typical those are together", 0, 1, "", "1 is off", "1"),
    OptionRow("repeat_penalty", Kind.NUMBER, "how unlikely a repetition is made", 0.01, 10, "", "1 is off", "1"),
    OptionRow(
        "repeat_last_n",
        Kind.WHOLE,
        "how far back repetitions are looked for",
        -1,
        _INT,
        "tokens",
        "0 is off, -1 all",
        "64",
    ),
    OptionRow("presence_penalty", Kind.NUMBER, "against words that were used", -2, 2, "", "0 is off", "0"),
    OptionRow("frequency_penalty", Kind.NUMBER, "against words that are used often", -2, 2, "", "0 is off", "0"),
    OptionRow("num_keep", Kind.WHOLE, "what stays when the context is full", -1, _INT, "tokens", "-1 is all", "4"),
    OptionRow(
        "num_ctx",
        Kind.WHOLE,
        "the size of the context",
        4,
        _INT,
        "tokens",
        "not more than the model has",
        "by memory",
        reloads=True,
    ),
    OptionRow("num_batch", Kind.WHOLE, "how much is read at once", 1, _INT, "tokens", "", "512", reloads=True),
    OptionRow(
        "num_gpu",
        Kind.WHOLE,
        "how much of it goes to the GPU",
        -1,
        _INT,
        "layers",
        "-1 is what fits",
        "-1",
        "gpu",
        reloads=True,
    ),
    OptionRow("main_gpu", Kind.WHOLE, "the GPU that is used", 0, _INT, "", "0 is the first", "", reloads=True),
    OptionRow(
        "num_thread",
        Kind.WHOLE,
        "processors that compute",
        0,
        _INT,
        "threads",
        "0 is as many as suit",
        "0",
        "threads",
        reloads=True,
    ),
    OptionRow("use_mmap", Kind.SWITCH, "whether its file is mapped into memory", default="", reloads=True),
    OptionRow(
        "draft_num_predict",
        Kind.WHOLE,
        "how far a draft model runs ahead",
        0,
        _INT,
        "tokens",
        "0 is off",
        "4",
        "draft",
        reloads=True,
    ),
)
"""Those that are set most often first."""

BY_NAME: Mapping[str, OptionRow] = {row.name: row for row in OPTIONS}
_BY_SHORT = {row.short: row for row in OPTIONS if row.short}
_DROPPED = frozenset(
    {"f16_kv", "logits_all", "low_vram", "mirostat", "mirostat_eta", "mirostat_tau"}
    | {"numa", "penalize_newline", "tfs_z", "use_mlock", "vocab_only"}
)
"""Options that servers had once, and ignore."""
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SWITCHES = {
    **dict.fromkeys(("true", "on", "yes", "1"), True),
    **dict.fromkeys(("false", "off", "no", "0"), False),
}


def row_of(name: str) -> OptionRow:
    """Return the row of an option, named in any case, or in short. Raises Unfit for one that there is not."""
    folded = name.lower().replace("-", "_") if name.isascii() else name
    row = BY_NAME.get(folded) or _BY_SHORT.get(folded)
    if row is not None:
        return row
    if folded in _DROPPED:
        raise Unfit(f"Ollama has no option {folded} any more: a server would ignore it.")
    close = get_close_matches(folded, BY_NAME, n=1) if len(folded) <= _SHOWN else []
    nearest = f" Did you mean {close[0]}?" if close else ""
    raise Unfit(f"There is no option {_shorten(name)}.{nearest} /set in a chat lists them all.")


def read_option(name: str, text: str) -> Option:
    """Return an option as it is typed: `0.2`, `true`, or the texts of `stop`. Raises Unfit, in words."""
    row = row_of(name)
    written = text.strip()
    match row.kind:
        case Kind.WHOLE if _WHOLE.fullmatch(written) and len(written) <= _LONGEST_NUMBER:
            return check_option(row.name, int(written))
        case Kind.NUMBER if _NUMBER.fullmatch(written) and len(written) <= _LONGEST_NUMBER:
            return check_option(row.name, float(written))
        case Kind.SWITCH if written.lower() in _SWITCHES:
            return Option(row.name, _SWITCHES[written.lower()])
        case Kind.TEXTS:
            return check_option(row.name, _texts(row, written))
        case _:
            raise _unfit(row, _shorten(written) or "nothing")


def check_option(name: str, value: object) -> Option:
    """Return an option with a value that is there already, as a file has it. Raises Unfit, in words."""
    row = row_of(name)
    match row.kind, value:
        case (Kind.SWITCH, bool()):
            return Option(row.name, value)
        case (Kind.WHOLE, int()) if not isinstance(value, bool) and row.least <= value <= row.most:
            return Option(row.name, value)
        case (Kind.NUMBER, int() | float()) if not isinstance(value, bool) and row.least <= value <= row.most:
            return Option(row.name, value)
        case (Kind.TEXTS, str()):
            return Option(row.name, _checked_texts(row, (value,)))
        case (Kind.TEXTS, list() | tuple()):
            return Option(row.name, _checked_texts(row, tuple(value)))
        case _:
            raise _unfit(row, _shown_value(value))


def shown(value: OptionValue) -> str:
    """Return a value as it is typed."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value).removesuffix(".0")
        case _:
            return " ".join(map(quoted, value))


def _texts(row: OptionRow, written: str) -> tuple[str, ...]:
    if len(written) > _LONGEST_LINE:
        raise _unfit(row, "that much")
    try:
        return words_of(written)
    except ValueError as error:
        raise Unfit(f"{row.name}: {error}") from error


def _checked_texts(row: OptionRow, texts: tuple[object, ...]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(encodable(text) for text in texts if isinstance(text, str)))
    if not found or len(found) > MOST_TEXTS or not all(isinstance(text, str) for text in texts):
        raise _unfit(row, f"{len(texts)}" if len(texts) > MOST_TEXTS else "that" if texts else "none")
    if not all(0 < len(text) <= LONGEST_TEXT for text in found):
        raise Unfit(f"{row.name} takes texts of 1 to {LONGEST_TEXT:,} characters.")
    return found


def _unfit(row: OptionRow, written: str) -> Unfit:
    return Unfit(f"{row.name} takes {row.takes}, not {written}.")


def _shown_value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() if abs(value) >= 10**_SHOWN:
            return "a number that large"
        case int() | float() | str():
            return _shorten(str(value)) or "nothing"
        case _:
            return "that"


def _in_full(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
