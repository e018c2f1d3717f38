from ui.palette import Role
from ui.rows import Row
from ui.side_by_side import DividedRow, SideBySide

GAP = (Role.TABLE, None, " │ ".encode())


def row(text: str) -> Row:
    return [(None, None, text.encode())]


def test_rows_are_joined_with_a_line_between_them() -> None:
    one, other = [row("ab"), row("cd")], [row("ef"), row("gh")]
    joined = SideBySide().joined((0, 5), [one, other], 3)
    assert joined == [[*row("ab"), GAP, *row("ef")], [*row("cd"), GAP, *row("gh")]]


def test_one_column_is_as_it_is() -> None:
    rows = [row("ab"), row("cd")]
    assert all(one is other for one, other in zip(SideBySide().joined((0,), [rows], 3), rows, strict=True))


def test_a_row_stays_the_same_object_while_its_parts_do() -> None:
    joiner, kept, gone, new = SideBySide(), row("ab"), row("cd"), row("xy")
    first = joiner.joined((0, 5), [[kept, kept], [kept, gone]], 3)
    second = joiner.joined((0, 5), [[kept, kept], [kept, new]], 3)
    assert (second[0] is first[0], second[1] is first[1]) == (True, False)
    assert joiner.joined((0, 6), [[kept], [kept]], 3)[0] is not first[0]


def test_a_divided_row_tells_which_parts_are_not_as_in_another() -> None:
    left, right, new = row("ab"), row("cd"), row("xy")
    before, after = (DividedRow((0, 5), (left, part), GAP) for part in (right, new))
    assert after.unlike(before) == [(5, new, right)]
    assert after.unlike(after) == []
    assert after.unlike(row("abcdefg")) is None
    assert after.unlike(DividedRow((0, 6), (left, right), GAP)) is None
