"""What a terminal sends when a key is pressed."""

_NAMED = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    **dict(zip(("f1", "f2", "f3", "f4"), ("\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"), strict=True)),
}


def typed(key: str) -> str:
    """Return what an xterm sends for a key in urwid's names; KeyError for one that is not known here."""
    modifier, _, rest = key.rpartition(" ")
    if modifier == "meta":
        return f"\x1b{typed(rest)}"
    if modifier == "ctrl" and rest.isalpha() and len(rest) == 1:
        return chr(ord(rest) - ord("a") + 1)
    return key if len(key) == 1 else _NAMED[key]
