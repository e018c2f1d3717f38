"""Themes: the colours of the tones, for every terminal from one without colours to one with millions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from ui.palette import BARS, STYLES, Role, Tone, selected

Entry = tuple[str | None, str, str, str, str, str]
"""As `urwid.MainLoop` takes it: role, ink and ground in 16 colours, without colour, ink and ground in 88 and more."""


Colours = Literal[1, 16, 256]


class ThemeName(StrEnum):
    """What a theme is called in the configuration and on the command line."""

    AUTO = "auto"
    """Calm, with few colours, on the terminal's own ground, dark or light."""
    DARK = "dark"
    LIGHT = "light"
    HIGH_CONTRAST = "high-contrast"
    NONE = "none"
    """No colour at all."""


@dataclass(frozen=True)
class Theme:
    """Colours, each for terminals of 16 colours and for those of more."""

    inks: Mapping[Tone, tuple[str, str]]
    marked: Mapping[Tone, tuple[str, str]]
    """The inks of what is marked."""
    bar: tuple[str, str]
    """The ground of the status line, and of what is marked."""
    ground: tuple[str, str] = ("default", "default")
    """The ground of all else."""


_ON_DARK = {
    Tone.INK: ("black", "g93"),
    Tone.QUIET: ("black", "g74"),
    Tone.ACCENT: ("dark blue", "#8cf"),
    Tone.WARNING: ("dark red", "#fc6"),
    Tone.ERROR: ("dark red", "#f88"),
    Tone.KEYWORD: ("dark magenta", "#c9f"),
    Tone.STRING: ("dark red", "#9d8"),
    Tone.NUMBER: ("dark blue", "#fc8"),
}
_ON_LIGHT = {
    Tone.INK: ("black", "#000"),
    Tone.QUIET: ("black", "g30"),
    Tone.ACCENT: ("dark blue", "#068"),
    Tone.WARNING: ("dark red", "#600"),
    Tone.ERROR: ("dark red", "#800"),
    Tone.KEYWORD: ("dark magenta", "#608"),
    Tone.STRING: ("dark red", "#060"),
    Tone.NUMBER: ("dark blue", "#800"),
}
_AUTO = Theme(
    {
        Tone.INK: ("default", "default"),
        Tone.QUIET: ("default,faint", "default,faint"),
        Tone.ACCENT: ("dark cyan", "dark cyan"),
        Tone.WARNING: ("brown", "brown"),
        Tone.ERROR: ("dark red", "dark red"),
        Tone.KEYWORD: ("dark magenta", "dark magenta"),
        Tone.STRING: ("dark green", "dark green"),
        Tone.NUMBER: ("brown", "brown"),
        Tone.BAR: ("black", "g78"),
        Tone.BAR_STRONG: ("black", "g100"),
        Tone.BAR_ALERT: ("dark red", "#fa8"),
    },
    marked=_ON_DARK,
    bar=("light gray", "g23"),
)
_DARK = Theme(
    {
        Tone.INK: ("default", "default"),
        Tone.QUIET: ("default,faint", "g58"),
        Tone.ACCENT: ("light cyan", "#8cf"),
        Tone.WARNING: ("yellow", "#fc6"),
        Tone.ERROR: ("light red", "#f88"),
        Tone.KEYWORD: ("light magenta", "#c9f"),
        Tone.STRING: ("light green", "#9d8"),
        Tone.NUMBER: ("yellow", "#fc8"),
        Tone.BAR: ("black", "g82"),
        Tone.BAR_STRONG: ("black", "g100"),
        Tone.BAR_ALERT: ("dark red", "#fa8"),
    },
    marked=_ON_DARK,
    bar=("light gray", "g23"),
)
_LIGHT = Theme(
    {
        Tone.INK: ("default", "default"),
        Tone.QUIET: ("default,faint", "g39"),
        Tone.ACCENT: ("dark blue", "#068"),
        Tone.WARNING: ("dark red", "#860"),
        Tone.ERROR: ("dark red", "#a00"),
        Tone.KEYWORD: ("dark magenta", "#80a"),
        Tone.STRING: ("dark green", "#060"),
        Tone.NUMBER: ("dark blue", "#a60"),
        Tone.BAR: ("black", "g15"),
        Tone.BAR_STRONG: ("black", "g0"),
        Tone.BAR_ALERT: ("dark red", "#a00"),
    },
    marked=_ON_LIGHT,
    bar=("light gray", "g85"),
)
_HIGH_CONTRAST = Theme(
    {
        Tone.INK: ("white", "#fff"),
        Tone.QUIET: ("white", "#fff"),
        Tone.ACCENT: ("light cyan", "#8ff"),
        Tone.WARNING: ("yellow", "#ff8"),
        Tone.ERROR: ("light red", "#faa"),
        Tone.KEYWORD: ("light magenta", "#faf"),
        Tone.STRING: ("light green", "#8f8"),
        Tone.NUMBER: ("yellow", "#ff8"),
        Tone.BAR: ("black", "#000"),
        Tone.BAR_STRONG: ("black", "#000"),
        Tone.BAR_ALERT: ("dark red", "#600"),
    },
    marked={**_ON_LIGHT, Tone.QUIET: ("black", "#000"), Tone.ACCENT: ("dark blue", "#006")},
    bar=("white", "#fff"),
    ground=("black", "#000"),
)
THEMES: Mapping[ThemeName, Theme] = MappingProxyType(
    {
        ThemeName.AUTO: _AUTO,
        ThemeName.DARK: _DARK,
        ThemeName.LIGHT: _LIGHT,
        ThemeName.HIGH_CONTRAST: _HIGH_CONTRAST,
        ThemeName.NONE: _AUTO,
    }
)


def palette_of(name: ThemeName) -> list[Entry]:
    """Return the palette of a theme: an entry a role, one for what has no role, and those of what is marked."""
    theme = THEMES[name]
    roles = [_entry(role, theme, *style) for role, style in STYLES.items()]
    marked = [_marked_entry(role, theme, *style) for role, style in STYLES.items()]
    return [_entry(None, theme, Tone.INK, "", ""), *roles, *marked]


def colours_of(name: ThemeName | None, environ: Mapping[str, str]) -> Colours | None:
    """Return how many colours are used; None for as many as the terminal is known to have, and none with NO_COLOR
    (no-color.org). A theme that was named, which None is not, outweighs NO_COLOR."""
    if name is ThemeName.NONE:
        return 1
    if name is None or not environ.get("NO_COLOR"):
        return None
    return 256 if environ.get("COLORTERM") or "256color" in environ.get("TERM", "") else 16


def _entry(role: Role | None, theme: Theme, tone: Tone, style: str, mono: str) -> Entry:
    basic, high = (_styled(ink, style) for ink in theme.inks[tone])
    ground = theme.bar if tone in BARS else theme.ground
    return (role, basic, ground[0], mono or "default", high, ground[1])


def _marked_entry(role: Role, theme: Theme, tone: Tone, style: str, mono: str) -> Entry:
    basic, high = (_styled(ink, style) for ink in theme.marked.get(tone, theme.inks[tone]))
    plain = mono.removeprefix("standout").removeprefix(",")
    return (selected(role), basic, theme.bar[0], _styled("standout", plain), high, theme.bar[1])


def _styled(ink: str, style: str) -> str:
    return f"{ink},{style}" if style else ink
