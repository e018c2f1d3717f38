"""Colours by role, for a dark or a light background, 256 or 16 colours, or none at all."""

from enum import StrEnum


class Role(StrEnum):
    """What a piece of the screen is, not how it looks."""

    TEXT = "text"
    PROMPT = "prompt"
    GUTTER = "gutter"
    LABEL = "label"
    THINKING = "thinking"
    MARK = "mark"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"
    HEADING = "heading"
    EMPHASIS = "emphasis"
    STRONG = "strong"
    STRONG_EMPHASIS = "strong emphasis"
    STRUCK = "struck"
    CODE = "code"
    LINK = "link"
    QUOTE = "quote"
    BULLET = "bullet"
    TABLE = "table"
    CODE_BLOCK = "code block"
    KEYWORD = "keyword"
    NAME = "name"
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    STATUS = "status"
    STATUS_STRONG = "status strong"
    STATUS_ALERT = "status alert"


def _ink(role: Role, basic: str, mono: str) -> tuple[str, str, str, str, str, str]:
    return (role, basic, "default", mono, basic, "default")


def _bar(role: Role, basic: str, mono: str, high: str) -> tuple[str, str, str, str, str, str]:
    return (role, basic, "light gray", mono, high, "g23")


PALETTE = (
    _ink(Role.TEXT, "default", "default"),
    _ink(Role.PROMPT, "default,bold", "bold"),
    _ink(Role.GUTTER, "dark cyan,bold", "bold"),
    _ink(Role.LABEL, "dark cyan", "default"),
    _ink(Role.THINKING, "default,faint", "default"),
    _ink(Role.MARK, "default,faint", "default"),
    _ink(Role.NOTICE, "dark cyan", "default"),
    _ink(Role.WARNING, "brown", "default"),
    _ink(Role.ERROR, "dark red,bold", "bold"),
    _ink(Role.HEADING, "default,bold,underline", "bold,underline"),
    _ink(Role.EMPHASIS, "default,italics", "italics"),
    _ink(Role.STRONG, "default,bold", "bold"),
    _ink(Role.STRONG_EMPHASIS, "default,bold,italics", "bold,italics"),
    _ink(Role.STRUCK, "default,strikethrough", "strikethrough"),
    _ink(Role.CODE, "dark cyan", "bold"),
    _ink(Role.LINK, "default,underline", "underline"),
    _ink(Role.QUOTE, "dark cyan", "default"),
    _ink(Role.BULLET, "dark cyan", "default"),
    _ink(Role.TABLE, "default,faint", "default"),
    _ink(Role.CODE_BLOCK, "default", "default"),
    _ink(Role.KEYWORD, "dark magenta", "bold"),
    _ink(Role.NAME, "dark cyan", "default"),
    _ink(Role.STRING, "dark green", "default"),
    _ink(Role.NUMBER, "brown", "default"),
    _ink(Role.COMMENT, "default,faint", "default"),
    _bar(Role.STATUS, "black", "standout", "g78"),
    _bar(Role.STATUS_STRONG, "black,bold", "standout,bold", "g100,bold"),
    _bar(Role.STATUS_ALERT, "dark red,bold", "standout,bold", "#fa8,bold"),
)
"""As `urwid.MainLoop` takes it: role, ink and ground in 16 colours, without colour, ink and ground in 88 and more."""
