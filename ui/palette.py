"""What a piece of the screen is: its role, and how a role stands out where there is no colour."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


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
    ADDED = "added"
    REMOVED = "removed"
    STATUS = "status"
    STATUS_STRONG = "status strong"
    STATUS_ALERT = "status alert"
    SELECTED = "selected"


class Tone(StrEnum):
    """What a theme gives a colour to."""

    INK = "ink"
    QUIET = "quiet"
    ACCENT = "accent"
    WARNING = "warning"
    ERROR = "error"
    KEYWORD = "keyword"
    STRING = "string"
    NUMBER = "number"
    BAR = "bar"
    BAR_STRONG = "bar strong"
    BAR_ALERT = "bar alert"


BARS = frozenset({Tone.BAR, Tone.BAR_STRONG, Tone.BAR_ALERT})
"""The tones that stand on the ground of the bar."""

STYLES: Mapping[Role, tuple[Tone, str, str]] = MappingProxyType(
    {
        Role.TEXT: (Tone.INK, "", ""),
        Role.PROMPT: (Tone.INK, "bold", "bold"),
        Role.GUTTER: (Tone.ACCENT, "bold", "bold"),
        Role.LABEL: (Tone.ACCENT, "", ""),
        Role.THINKING: (Tone.QUIET, "", ""),
        Role.MARK: (Tone.QUIET, "", ""),
        Role.NOTICE: (Tone.ACCENT, "", ""),
        Role.WARNING: (Tone.WARNING, "", ""),
        Role.ERROR: (Tone.ERROR, "bold", "bold"),
        Role.HEADING: (Tone.INK, "bold,underline", "bold,underline"),
        Role.EMPHASIS: (Tone.INK, "italics", "italics"),
        Role.STRONG: (Tone.INK, "bold", "bold"),
        Role.STRONG_EMPHASIS: (Tone.INK, "bold,italics", "bold,italics"),
        Role.STRUCK: (Tone.INK, "strikethrough", "strikethrough"),
        Role.CODE: (Tone.ACCENT, "", "bold"),
        Role.LINK: (Tone.INK, "underline", "underline"),
        Role.QUOTE: (Tone.ACCENT, "", ""),
        Role.BULLET: (Tone.ACCENT, "", ""),
        Role.TABLE: (Tone.QUIET, "", ""),
        Role.CODE_BLOCK: (Tone.INK, "", ""),
        Role.KEYWORD: (Tone.KEYWORD, "", "bold"),
        Role.NAME: (Tone.ACCENT, "", ""),
        Role.STRING: (Tone.STRING, "", ""),
        Role.NUMBER: (Tone.NUMBER, "", ""),
        Role.COMMENT: (Tone.QUIET, "", ""),
        Role.ADDED: (Tone.STRING, "", "bold"),
        Role.REMOVED: (Tone.ERROR, "", "strikethrough"),
        Role.STATUS: (Tone.BAR, "", "standout"),
        Role.STATUS_STRONG: (Tone.BAR_STRONG, "bold", "standout,bold"),
        Role.STATUS_ALERT: (Tone.BAR_ALERT, "bold", "standout,bold"),
        Role.SELECTED: (Tone.BAR, "", "standout"),
    }
)
"""The tone of each role, what else marks it, and what marks it where there is no colour."""


def selected(role: Role) -> str:
    """Return what a role is called within what is marked: it keeps what tells it from others, on another ground."""
    return f"selected {role.value}"
