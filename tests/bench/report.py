"""Findings, laid out to be read."""

from collections.abc import Iterable, Sequence

from tests.bench.notebook import FLOOR, IMPORT_THERE, OFFICIAL, Finding

_TITLES = ("", "median", "quartiles", "n", "goal", "goal here", "", "official client", "floor")
_NOTE = f"""\
goal: on the machine where it was set, where `import urwid` took {IMPORT_THERE:g} ms. goal here: a time may take
as much longer as that import takes here; memory, ratios and counts may not. official client: the `ollama` package
of Python, without a screen; floor: a socket, a JSON decoder and a write. A p99, or a count, is in the place of the
median."""


def text_table(findings: Sequence[Finding]) -> str:
    """In columns."""
    rows = [_TITLES, *map(_cells, findings)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(_aligned(row, widths)).rstrip() for row in rows)
    return "\n".join([*lines, "", _NOTE])


def markdown_table(findings: Sequence[Finding]) -> str:
    """As Markdown."""
    rows = [_TITLES, ("---",) + ("---:",) * (len(_TITLES) - 1), *map(_cells, findings)]
    return "\n".join([*(f"| {' | '.join(row)} |" for row in rows), "", _NOTE])


def _aligned(row: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    yield f"{row[0]:{widths[0]}}"
    yield from (f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))


def _cells(finding: Finding) -> tuple[str, ...]:
    spread = f"{_number(finding.low)} to {_number(finding.high)}" if finding.samples > 1 else ""
    return (
        finding.name,
        f"{_number(finding.value)} {finding.unit}".rstrip() if finding.samples else "nothing",
        spread,
        str(finding.samples),
        _number(finding.goal),
        _number(finding.goal_here),
        "" if finding.goal is None else "met" if finding.met else "MISSED",
        *(_number(finding.references.get(who)) for who in (OFFICIAL, FLOOR)),
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value == round(value) or value >= 1000 else f"{value:.3g}"
