"""The one gate for text that we did not write: from a model, a server, a file, the clipboard.

A terminal obeys what it is sent, so nothing in such a text may work as a control sequence, and nothing may change the
order in which its characters are read. Every rule looks at one character only: a text may therefore be cleaned piece
by piece, wherever it is cut, with the same result as the whole.
"""

_REPLACEMENT = "\ufffd"
_C0_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t\r"}
_C1 = dict.fromkeys(range(0x80, 0xA0), _REPLACEMENT)
_BIDI_CONTROLS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), _REPLACEMENT)
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT)
_INVISIBLE = dict.fromkeys((ord("\r"), 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB, *range(0x206A, 0x2070)))
_TAGS = dict.fromkeys(range(0xE0000, 0xE0080))
"""Letters that nobody sees: what is copied would say more than what was read."""
_LINE_ENDS = {0x2028: "\n", 0x2029: "\n"}
_RULES: dict[int, str | None] = {
    **_C0_PICTURES,
    0x7F: "\u2421",
    **_C1,
    **_BIDI_CONTROLS,
    **_SURROGATES,
    **_INVISIBLE,
    **_TAGS,
    **_LINE_ENDS,
}


def sanitise(text: str) -> str:
    """Return `text` with every character made visible that a terminal could obey.

    Line feeds and tabs stay, carriage returns, byte order marks and tags go, line and paragraph separators become line
    feeds. Marks that real languages and emoji need (LRM, RLM, ZWJ, ZWNJ) stay.
    """
    return text.translate(_RULES)
