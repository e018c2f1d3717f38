"""Draws a shot of a terminal as SVG: a window with a frame, in which every character is in its cell in every browser.

A run of cells that look the same is one text with its own place and width. Lines of tables are drawn, not written, so
that they meet. The same shot always gives the same picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from tests.screenshots.paper import Paper
from tests.support.emulator import Cell, Shot

_WIDTH, _HEIGHT, _SIZE, _BASELINE = 8.4, 18, 14, 13.5
"""Of a cell; of the type in it, and where that stands."""
_MARGIN, _BAR = 14, 36
_RADIUS, _BUTTON = 10, 6
_BUTTONS = ("#ed6a5e", "#f4bf4f", "#61c554")
_FAINT = 0.62
_FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
_RULES = frozenset("─│┼")
_NO_BREAK = str.maketrans(" ", "\u00a0")


@dataclass(frozen=True)
class _Look:
    """How some cells look, in colours of SVG."""

    ink: str
    ground: str
    cell: Cell
    """What else there is to it; its text does not matter."""


@dataclass(frozen=True)
class _Run:
    """Cells next to each other that look the same."""

    column: int
    columns: int
    text: str
    look: _Look


def draw(shot: Shot, title: str, paper: Paper) -> str:
    """Return the SVG of a shot; `title` says what is to be seen to those who do not see it."""
    width = _number(len(shot.rows[0]) * _WIDTH + 2 * _MARGIN)
    height = _number(len(shot.rows) * _HEIGHT + 2 * _MARGIN + _BAR)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' role="img">',
        f"<title>{escape(title)}</title>",
        *_window(width, height, paper),
        f'<g font-family="{_FONTS}" font-size="{_SIZE}">',
    ]
    for number, row in enumerate(shot.rows):
        looks = _with_cursor([_look(cell, paper) for cell in row], number, shot, paper)
        lines += _row(_BAR + _MARGIN + number * _HEIGHT, _runs(row, looks), paper)
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _window(width: str, height: str, paper: Paper) -> Iterator[str]:
    inner = f'x="0.5" y="0.5" width="{float(width) - 1:g}" height="{float(height) - 1:g}" rx="{_RADIUS}"'
    yield f'<rect {inner} fill="{paper.ground}"/>'
    yield (
        f'<path d="M0.5 {_BAR}v-{_BAR - _RADIUS - 0.5:g}a{_RADIUS} {_RADIUS} 0 0 1 {_RADIUS} -{_RADIUS}'
        f'h{float(width) - 1 - 2 * _RADIUS:g}a{_RADIUS} {_RADIUS} 0 0 1 {_RADIUS} {_RADIUS}v{_BAR - _RADIUS - 0.5:g}z"'
        f' fill="{paper.frame}"/>'
    )
    yield f'<rect {inner} fill="none" stroke="{paper.edge}"/>'
    for number, colour in enumerate(_BUTTONS):
        yield f'<circle cx="{20 + number * 20}" cy="{_BAR // 2}" r="{_BUTTON}" fill="{colour}"/>'
    yield (
        f'<text x="{float(width) / 2:g}" y="{_BAR // 2 + 5}" text-anchor="middle" fill="{paper.caption}"'
        ' font-family="system-ui, \'Segoe UI\', Helvetica, Arial, sans-serif" font-size="13">chinwag</text>'
    )


def _look(cell: Cell, paper: Paper) -> _Look:
    ink, ground = paper.colour(cell.ink, paper.ink), paper.colour(cell.ground, paper.ground)
    return _Look(ground, ink, replace(cell, text="")) if cell.reversed else _Look(ink, ground, replace(cell, text=""))


def _with_cursor(looks: list[_Look], number: int, shot: Shot, paper: Paper) -> list[_Look]:
    if shot.cursor is not None and shot.cursor[1] == number:
        column = min(shot.cursor[0], len(looks) - 1)
        looks[column] = _Look(paper.ground, paper.cursor, Cell(""))
    return looks


def _runs(row: tuple[Cell, ...], looks: list[_Look]) -> Iterator[_Run]:
    """Cut a row where the look changes, and around each wide character: another font may have it narrower."""
    leads = [_lead(row, at) for at in range(len(row))]
    keys = [(look, lead, cell.text in _RULES) for look, lead, cell in zip(looks, leads, row, strict=True)]
    for (look, _, _), group in groupby(range(len(row)), keys.__getitem__):
        at = list(group)
        yield _Run(at[0], len(at), "".join(row[column].text for column in at), look)


def _lead(row: tuple[Cell, ...], column: int) -> int | None:
    """Return where the wide character begins that is in this cell; None where there is none."""
    if not row[column].text:
        return column - 1
    return column if column + 1 < len(row) and not row[column + 1].text else None


def _row(top: int, runs: Iterator[_Run], paper: Paper) -> Iterator[str]:
    """The grounds first, so that none covers a letter that leans out of its cell."""
    found = list(runs)
    for run in found:
        if run.look.ground != paper.ground:
            x, width = _number(_MARGIN + run.column * _WIDTH), _number(run.columns * _WIDTH)
            yield (
                f'<rect x="{x}" y="{top}" width="{width}" height="{_HEIGHT}" fill="{run.look.ground}"'
                ' shape-rendering="crispEdges"/>'
            )
    for run in found:
        if run.text and _RULES.issuperset(run.text):
            yield _rule(top, run)
        elif run.text.strip():
            yield _text(top, run)


def _text(top: int, run: _Run) -> str:
    text = run.text.strip()
    x = _number(_MARGIN + (run.column + len(run.text) - len(run.text.lstrip())) * _WIDTH)
    width = _number((run.columns - len(run.text) + len(text)) * _WIDTH)
    return (
        f'<text x="{x}" y="{_number(top + _BASELINE)}" textLength="{width}" lengthAdjust="spacingAndGlyphs"'
        f' fill="{run.look.ink}"{_style(run.look.cell)}>{escape(text.translate(_NO_BREAK), quote=False)}</text>'
    )


def _style(cell: Cell) -> str:
    lines = " ".join(name for name, on in (("underline", cell.underlined), ("line-through", cell.struck)) if on)
    attributes = {
        "font-weight": "bold" if cell.bold else "",
        "font-style": "italic" if cell.italic else "",
        "text-decoration": lines,
        "fill-opacity": str(_FAINT) if cell.faint else "",
    }
    return "".join(f' {name}="{value}"' for name, value in attributes.items() if value)


def _rule(top: int, run: _Run) -> str:
    """Draw lines of a table. It is named by what is written there, for those who compare pictures."""
    path = "".join(_arms(character, run.column + place, top) for place, character in enumerate(run.text))
    opacity = f' stroke-opacity="{_FAINT}"' if run.look.cell.faint else ""
    return f'<path d="{path}" fill="none" stroke="{run.look.ink}"{opacity}><title>{run.text}</title></path>'


def _arms(character: str, column: int, top: int) -> str:
    left, middle = _MARGIN + column * _WIDTH, _MARGIN + (column + 0.5) * _WIDTH
    return {
        "─": f"M{_number(left)} {top + _HEIGHT / 2:g}h{_WIDTH}",
        "│": f"M{_number(middle)} {top}v{_HEIGHT}",
        "┼": f"M{_number(left)} {top + _HEIGHT / 2:g}h{_WIDTH}M{_number(middle)} {top}v{_HEIGHT}",
    }[character]


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
