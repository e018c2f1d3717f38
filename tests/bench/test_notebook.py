from math import inf

import pytest

from tests.bench.notebook import FLOOR, IMPORT_THERE, OFFICIAL, Finding, Notebook, Row, findings, p99


@pytest.mark.parametrize(
    ("samples", "expected"),
    [([5.0], 5.0), ([3.0, 1.0, 2.0], 3.0), ([float(n) for n in range(100, 0, -1)], 99.0), ([0.0] * 99 + [9.0], 0.0)],
)
def test_99_of_100_are_at_most_the_p99(samples: list[float], expected: float) -> None:
    assert p99(samples) == expected


def test_a_finding_tells_the_middle_the_quartiles_and_what_others_did() -> None:
    book = Notebook()
    book.note("burst", 4.0, 1.0, 3.0, 2.0, 5.0)
    book.note("burst", 0.5, who=OFFICIAL)
    book.note("burst", 0.25, 0.35, who=FLOOR)

    assert findings([Row("a burst", "s", "burst", goal=3)], book) == [
        Finding("a burst", "s", 3.0, 2.0, 4.0, 5, 3, 3.0, {"official": 0.5, "floor": 0.3})
    ]


def test_a_time_may_take_longer_where_imports_do_and_nothing_else_may() -> None:
    book = Notebook()
    book.note("import", 2 * IMPORT_THERE)
    book.note("it", 15.0)
    rows = [Row("time", "ms", "it", goal=10, is_time=True), Row("size", "MB", "it", goal=10), Row("known", "MB", "it")]

    assert [(each.name, each.goal_here, each.met) for each in findings(rows, book)] == [
        ("time", 20.0, True),
        ("size", 10.0, False),
        ("known", None, True),
    ]


def test_what_could_not_be_measured_misses_its_goal() -> None:
    (found,) = findings([Row("time", "ms", "it", goal=10)], Notebook())

    assert (found.value, found.samples, found.met) == (inf, 0, False)


def test_a_row_can_tell_something_else_than_the_middle() -> None:
    book = Notebook()
    book.note("ends", 0.0, 1.0, 1.0)

    assert [each.value for each in findings([Row("sum", "", "ends", sum), Row("max", "", "ends", max)], book)] == [2, 1]
