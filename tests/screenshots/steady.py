"""What differs from run to run gives way to what it was once: what a clock measured, and the port of the server."""

import re
from dataclasses import replace

from tests.support.emulator import Cell, Shot

_STEADY = (
    (re.compile(r"(?<=first token )\d\.\d(?= s)"), "0.4"),
    (re.compile(r"(?<=thought for )\d(?= s)"), "6"),
    (re.compile(r"(?<=answering )\d(?= s)"), "3"),
    (re.compile(r"(?<=loading )\d(?= s)"), "3"),
    (re.compile(r"(?<=first )\d\.\d(?= s)"), "0.4"),
    (re.compile(r"(?<= t/s  )\d\.\d(?= s)"), "0.4"),
    (re.compile(r"\b\d\d(?= tokens/s)"), "43"),
    (re.compile(r"(?<=127\.0\.0\.1:)\d{5}"), "11434"),
)
"""Of the same width, so that everything stays in its place."""


def steady(shot: Shot) -> Shot:
    """Return the shot as it would be in every run."""
    return replace(shot, rows=tuple(map(_steady_row, shot.rows)))


def _steady_row(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    texts = "".join(cell.text if len(cell.text) == 1 else "\0" for cell in row)
    cells = list(row)
    for pattern, instead in _STEADY:
        for found in pattern.finditer(texts):
            for column, text in zip(range(*found.span()), instead, strict=True):
                cells[column] = replace(cells[column], text=text)
    return tuple(cells)
