"""Values as JSON for people and programs: UTF-8 that no terminal can be commanded with."""

import msgspec


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[start : start + 2].hex()}" for start in range(0, len(units), 2))


_COMMANDS = (
    *range(0x7F, 0xA0),
    *range(0x2028, 0x202F),
    *range(0x2066, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)
"""What JSON may hold as it is, and a terminal may obey or be turned around by. msgspec escapes those below 0x20."""
_ESCAPES = {code: _escaped(chr(code)) for code in _COMMANDS}


def json_text(value: object, pretty: bool = False) -> str:
    """Return a value as JSON, with a line feed at the end. Equal values make equal texts, to the byte."""
    encoded = msgspec.json.encode(value)
    if pretty:
        encoded = msgspec.json.format(encoded, indent=2)
    return encoded.decode().translate(_ESCAPES) + "\n"
