"""Keys by name: as urwid calls them, as a configuration file does, and as a person reads them."""

from collections.abc import Mapping
from types import MappingProxyType

_MODIFIERS: Mapping[str, str] = MappingProxyType(
    {"shift": "shift", "alt": "meta", "meta": "meta", "ctrl": "ctrl", "control": "ctrl"}
)
_ORDER = ("shift", "meta", "ctrl")
_SHOWN_ORDER = (("ctrl", "Ctrl"), ("meta", "Alt"), ("shift", "Shift"))
_NAMED: Mapping[str, str] = MappingProxyType(
    {
        "enter": "Enter",
        "esc": "Esc",
        "tab": "Tab",
        "space": "Space",
        "backspace": "Backspace",
        "delete": "Delete",
        "insert": "Insert",
        "home": "Home",
        "end": "End",
        "up": "Up",
        "down": "Down",
        "left": "Left",
        "right": "Right",
        "page-up": "PageUp",
        "page-down": "PageDown",
        **{f"f{number}": f"F{number}" for number in range(1, 21)},
    }
)
_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {"escape": "esc", "return": "enter", "del": "delete", "ins": "insert", "pageup": "page-up", "pagedown": "page-down"}
)


def key_named(name: str) -> str | None:
    """Return urwid's name of a key that is written as in `ctrl-r`, `alt-enter`, `f2`; None if there is no such key."""
    rest, modifiers = name.strip(), set[str]()
    while True:
        word, dash, after = rest.partition("-")
        modifier = _MODIFIERS.get(word.lower())
        if modifier is None or not dash or not after:
            break
        modifiers.add(modifier)
        rest = after
    base = _SPELLINGS.get(rest.lower(), rest.lower())
    if len(base) == 1 and base.isalpha() and "shift" in modifiers:
        modifiers.remove("shift")
        base = base.upper()
    if base not in _NAMED and not (len(base) == 1 and base.isprintable() and not base.isspace()):
        return None
    urwids = " " if base == "space" and not modifiers else base.replace("-", " ") if len(base) > 1 else base
    return " ".join([*(one for one in _ORDER if one in modifiers), urwids])


def is_text(key: str) -> bool:
    """Tell whether a key of urwid's writes a character."""
    return len(key) == 1 or (key.startswith("shift ") and len(key) == len("shift x"))


def shown_key(key: str) -> str:
    """Return a key of urwid's as a person reads it."""
    *words, base = key.replace("page ", "page-").split(" ") if key != " " else ["space"]
    name = _NAMED.get(base, base.upper() if len(base) == 1 else base)
    if len(base) == 1 and base.isupper():
        words.append("shift")
    return "-".join([*(shown for modifier, shown in _SHOWN_ORDER if modifier in words), name])
