import pytest
import urwid

from ui.palette import BARS, STYLES, Role, selected
from ui.themes import THEMES, Colours, Theme, ThemeName, colours_of, palette_of

COLOURED = [name for name in ThemeName if name is not ThemeName.NONE]
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
Rgb = tuple[int, int, int]


def luminance(colour: Rgb) -> float:
    """As WCAG 2.1 has it."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(ink: str, ground: str, default: tuple[Rgb, Rgb]) -> tuple[Rgb, Rgb]:
    """Ink and ground as they are seen where the terminal's own are these."""
    red, green, blue, *behind = urwid.AttrSpec(ink, ground, 256).get_rgb_values()
    seen = default[0] if red is None or green is None or blue is None else (red, green, blue)
    below = [part for part in behind if part is not None]
    return seen, (below[0], below[1], below[2]) if below else default[1]


@pytest.mark.parametrize("name", ThemeName)
def test_every_theme_has_a_look_for_every_role_and_for_what_has_none(name: ThemeName) -> None:
    assert [entry[0] for entry in palette_of(name)] == [None, *Role, *map(selected, Role)]


def test_every_role_has_a_tone() -> None:
    assert list(STYLES) == list(Role)


@pytest.mark.parametrize(
    ("name", "default", "least"),
    [
        (ThemeName.DARK, (WHITE, BLACK), 4.5),
        (ThemeName.LIGHT, (BLACK, WHITE), 4.5),
        (ThemeName.HIGH_CONTRAST, (WHITE, BLACK), 7.0),
        (ThemeName.HIGH_CONTRAST, (BLACK, WHITE), 7.0),
    ],
)
def test_every_text_can_be_read(name: ThemeName, default: tuple[Rgb, Rgb], least: float) -> None:
    seen = {entry[0]: colours(entry[4], entry[5], default) for entry in palette_of(name)}
    assert {role: pair for role, pair in seen.items() if contrast(*pair) < least} == {}


@pytest.mark.parametrize("name", COLOURED)
def test_the_bar_is_told_from_the_rest_without_colour_too(name: ThemeName) -> None:
    bars = {role for role, (tone, _, _) in STYLES.items() if tone in BARS}
    assert {entry[0] for entry in palette_of(name) if "standout" in entry[3]} == bars | {*map(selected, Role)}


@pytest.mark.parametrize("theme", THEMES.values(), ids=[name.value for name in THEMES])
def test_a_terminal_of_sixteen_colours_knows_all_that_it_is_given(theme: Theme) -> None:
    specs = [urwid.AttrSpec(ink, theme.ground[0], 16) for ink, _ in theme.inks.values()]
    assert [spec.colors for spec in specs if spec.colors > 16] == []


@pytest.mark.parametrize(
    ("name", "environ", "expected"),
    [
        (ThemeName.NONE, {"TERM": "xterm-256color"}, 1),
        (None, {"TERM": "xterm-256color"}, None),
        (None, {"TERM": "xterm-256color", "NO_COLOR": "1"}, None),
        (ThemeName.DARK, {"TERM": "xterm-256color", "NO_COLOR": "1"}, 256),
        (ThemeName.DARK, {"TERM": "xterm", "NO_COLOR": "1"}, 16),
        (ThemeName.DARK, {"TERM": "xterm", "COLORTERM": "truecolor", "NO_COLOR": "1"}, 256),
        (ThemeName.DARK, {"TERM": "xterm", "NO_COLOR": ""}, None),
    ],
)
def test_a_theme_that_was_named_outweighs_no_color(
    name: ThemeName | None, environ: dict[str, str], expected: Colours | None
) -> None:
    assert colours_of(name, environ) == expected
