"""Values as JSON for people and programs: UTF-8 that no terminal can be commanded with."""

import msgspec

_COMMANDS = (
    *range(0x7F, 0xA0),
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
)
"""What JSON may hold as it is, and a terminal may obey or be turned around by. msgspec escapes those below 0x20."""
_ESCAPES = {code: f"\\u{code:04x}" for code in _COMMANDS}


def json_text(value: object, pretty: bool = False) -> str:
    """Return a value as JSON, with a line feed at the end. Equal values make equal texts, to the byte."""
    encoded = msgspec.json.encode(value)
    if pretty:
        encoded = msgspec.json.format(encoded, indent=2)
    return encoded.decode().translate(_ESCAPES) + "\n"
