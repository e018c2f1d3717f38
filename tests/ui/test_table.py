import pytest
from urwid.testing import render_runs, render_text

from ui.palette import Role
from ui.table import Table, fitting

PEOPLE = [("name", "what they *do*"), ("Ada", "writes `programs`"), ("日本", "x")]


def rows(table: Table, columns: int) -> list[str]:
    return render_text(table, (columns,), strip=True)


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert rows(Table(PEOPLE, ["left", "left"]), 40) == [
        "name │ what they do",
        "─────┼────────────────",
        "Ada  │ writes programs",
        "日本 │ x",
    ]


def test_columns_shrink_and_cells_wrap() -> None:
    assert rows(Table(PEOPLE, ["left", "left"]), 17) == [
        "name │ what they",
        "     │ do",
        "─────┼───────────",
        "Ada  │ writes",
        "     │ programs",
        "日本 │ x",
    ]


def test_cells_are_aligned_as_the_source_says() -> None:
    table = Table([("abcde", "abcde", "abcde"), ("x", "y", "z")], ["left", "center", "right"])

    assert rows(table, 30)[2] == "x     │   y   │     z"


def test_a_window_too_narrow_has_one_cell_a_line() -> None:
    assert rows(Table(PEOPLE[:2], ["left", "left"]), 10) == [
        "──────────",
        "name: Ada",
        "what they",
        "do: writes",
        "programs",
    ]
    assert rows(Table(PEOPLE[:1], ["left", "left"]), 9) == ["name", "what they", "do"]


def test_the_header_is_strong() -> None:
    assert render_runs(Table([("a",), ("b",)], ["left"]), (1,))[0] == [(Role.STRONG, "a")]


def test_a_table_that_grows_looks_like_one_that_came_whole() -> None:
    table = Table([("a", "b")], ["left", "left"])
    cells = [("a", "b"), ("1", "2"), ("long cell", "x")]
    for count in range(1, 4):
        table.show(cells[:count])
        assert rows(table, 30) == rows(Table(cells[:count], ["left", "left"]), 30)

    table.show([("a", "b"), ("3", "4")])
    assert rows(table, 30) == rows(Table([("a", "b"), ("3", "4")], ["left", "left"]), 30)


@pytest.mark.parametrize(
    ("natural", "room", "widths"),
    [([3, 5], 8, [3, 5]), ([3, 50], 20, [3, 17]), ([30, 50], 20, [10, 10]), ([30, 50], 21, [11, 10]), ([9, 9], 7, [])],
)
def test_wide_columns_give_way_first(natural: list[int], room: int, widths: list[int]) -> None:
    assert fitting(natural, room) == widths
