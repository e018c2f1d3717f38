"""The answers of a comparison in one row, where not all of them have room side by side."""

from collections.abc import Sequence

import urwid

from protocol.message import Value
from ui.caption import one_line
from ui.comparison_caption import Caption
from ui.markup import Run
from ui.palette import Role
from ui.paragraph import markup_paragraph
from ui.rows import Row, rows_of

_MOST_NAME = 24
_LEAST_NAME = 6
_UNDER_WAY, _BAD, _PICKED = "…", "!", "*"
"""Behind the number, where there is no room for a phase: seen without colours too."""


class TabText(Value, frozen=True):
    """What is said of one answer."""

    place: int
    text: str
    role: Role


def fitted_tabs(captions: Sequence[Caption], focus: int, columns: int) -> list[TabText]:
    """Return the tabs in as many words as there is room for: phases go first, then names are cut, then only the one
    in focus has a name, and at last those that are far from it go."""
    for phases, least in ((True, _LEAST_NAME + 1), (False, _LEAST_NAME)):
        bare = _width([_tab(one, focus, 0, phases) for one in captions]) + len(captions)
        names = [_columns_of(one_line(one.name, _MOST_NAME)) for one in captions]
        fitting = (
            name for name in range(_MOST_NAME, least - 1, -1) if bare + sum(min(name, one) for one in names) <= columns
        )
        name = next(fitting, None)
        if name is not None:
            return [_tab(one, focus, name, phases) for one in captions]
    named = [_tab(one, focus, _MOST_NAME if one.number - 1 == focus else 0, False) for one in captions]
    return _near(named, focus, columns)


def tab_row(tabs: Sequence[TabText], columns: int) -> Row:
    """Draw them."""
    runs: list[Run] = [(tab.role, tab.text) for tab in tabs]
    runs.append((Role.MARK, " " * max(0, columns - _width(tabs))))
    return rows_of(markup_paragraph(tuple(runs), wrap="clip").render((columns,)))[0]


def place_at(tabs: Sequence[TabText], column: int) -> int | None:
    """Return which answer is at a column of the screen."""
    end = 0
    for tab in tabs:
        end += _width((tab,))
        if column < end:
            return tab.place
    return None


def _tab(shown: Caption, focus: int, name: int, phases: bool) -> TabText:
    said = f" {one_line(shown.name, name)}" if name else ""
    phase = f" {shown.state}" if phases and shown.state else ""
    mark = "" if phases else _PICKED if shown.picked else _BAD if shown.bad else _UNDER_WAY if shown.under_way else ""
    in_focus = shown.number - 1 == focus
    role = Role.STATUS_STRONG if in_focus else Role.ERROR if shown.bad else Role.LABEL if shown.under_way else Role.MARK
    return TabText(shown.number - 1, f" {shown.number}{mark}{said}{phase} ", role)


def _near(tabs: Sequence[TabText], focus: int, columns: int) -> list[TabText]:
    """Return those nearest to the one in focus, as many as there is room for."""
    kept: list[TabText] = []
    for tab in sorted(tabs, key=lambda tab: abs(tab.place - focus)):
        if kept and _width((*kept, tab)) > columns:
            break
        kept.append(tab)
    return sorted(kept, key=lambda tab: tab.place)


def _width(tabs: Sequence[TabText]) -> int:
    return sum(_columns_of(tab.text) for tab in tabs)


def _columns_of(text: str) -> int:
    return urwid.calc_width(text, 0, len(text))
