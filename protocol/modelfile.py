"""Modelfiles: from a text to the parts of a model (modelfile.md)."""

import re
from collections.abc import Iterator

from protocol.errors import InterfaceError
from protocol.store import Blueprint, Part

MAX_BYTES = 4 * 1024 * 1024
_QUOTES = '"""'
_INSTRUCTIONS = ("FROM", "PARAMETER", "TEMPLATE", "SYSTEM", "ADAPTER", "RENDERER", "PARSER", "LICENSE", "MESSAGE")
_PAIRS = ("PARAMETER", "MESSAGE")
_ROLES = ("system", "user", "assistant")
_ONE_OF_EACH = ("SYSTEM", "TEMPLATE", "RENDERER", "PARSER")
_NOT_HERE = ("ADAPTER",)
_FILE = re.compile(r"(?:[./~]|[A-Za-z]:[\\/]).*|.*\.(?:gguf|bin|safetensors)", re.IGNORECASE | re.DOTALL)


def parse_modelfile(text: str) -> Blueprint:
    """Return the parts that a Modelfile names. Raises InterfaceError that names the line of what cannot be."""
    base, single = "", dict[str, str]()
    parameters: list[tuple[str, str]] = []
    licenses: list[str] = []
    messages: list[Part] = []
    for number, instruction, value in _instructions(text):
        match instruction:
            case "FROM":
                base = _base(number, value)
            case _ if instruction in _ONE_OF_EACH:
                single[instruction.lower()] = value
            case "LICENSE":
                licenses.append(value)
            case "PARAMETER":
                name, written = _pair(number, value, "PARAMETER name value")
                parameters.append((name, written))
            case _:
                role, content = _pair(number, value, "MESSAGE role text")
                messages.append(Part(_role(number, role), content))
    if not base:
        raise InterfaceError("The Modelfile has no FROM.", "Begin it with FROM and the name of a model.")
    return Blueprint(base, parameters=tuple(parameters), licenses=tuple(licenses), messages=tuple(messages), **single)


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each instruction with the number of its line, and its value without quotation marks."""
    lines = enumerate(text.splitlines(), 1)
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        word, _, rest = line.strip().partition(" ")
        instruction = word.upper()
        if instruction not in _INSTRUCTIONS:
            raise _mistake(number, f"there is no instruction {word[:40]!r}", f"It may be {', '.join(_INSTRUCTIONS)}.")
        if instruction in _NOT_HERE:
            raise _mistake(number, f"{instruction} needs files of the server", "Use `ollama create` for that.")
        rest = rest.strip()
        if instruction in _PAIRS:
            lead, _, behind = rest.partition(" ")
            value = f"{lead} {_quoted(number, behind.lstrip(), lines)}"
        else:
            value = _quoted(number, rest, lines)
        if not value.strip():
            raise _mistake(number, f"{instruction} says nothing", "Write what it is to be behind it.")
        yield number, instruction, value


def _quoted(number: int, rest: str, lines: Iterator[tuple[int, str]]) -> str:
    """Three quotation marks hold several lines; one holds blanks at the ends."""
    if not rest.startswith(_QUOTES):
        return rest[1:-1] if len(rest) > 1 and rest.startswith('"') and rest.endswith('"') else rest
    parts = [rest.removeprefix(_QUOTES)]
    while _QUOTES not in parts[-1]:
        _, line = next(lines, (0, None))
        if line is None:
            raise _mistake(number, 'the text that begins with """ has no end', 'Write """ at its end.')
        parts.append(line)
    inside, _, behind = "\n".join(parts).rpartition(_QUOTES)
    if behind.strip():
        raise _mistake(number, 'something stands behind """', "Begin it on a line of its own.")
    return inside


def _base(number: int, value: str) -> str:
    if _FILE.fullmatch(value):
        raise _mistake(
            number, f"FROM names the file {value[:60]!r}", "Name a model of the server, or use `ollama create`."
        )
    return value


def _pair(number: int, value: str, usage: str) -> tuple[str, str]:
    name, _, rest = value.partition(" ")
    if not rest.strip():
        raise _mistake(number, "a part is missing", f"Write it like {usage}.")
    return name, rest


def _role(number: int, role: str) -> str:
    if role not in _ROLES:
        raise _mistake(number, f"there is no role {role[:40]!r}", f"It may be {', '.join(_ROLES)}.")
    return role


def _mistake(number: int, what: str, advice: str) -> InterfaceError:
    return InterfaceError(f"Line {number} of the Modelfile: {what}.", advice)
