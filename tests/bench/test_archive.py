from pathlib import Path

from tests.bench.archive import Size, measure
from tests.bench.measurement import Measurement, ratio, table


def test_everything_that_has_a_goal_is_measured(tmp_path: Path) -> None:
    measured = measure(tmp_path, Size(few=2, many=4, messages=2, reply=1000))
    assert [(each.name, each.unit) for each in measured if each.goal is not None] == [
        ("search: a common word", "ms"),
        ("search: a rare word", "ms"),
        ("search: two common words", "ms"),
        ("search: a common and a rare word", "ms"),
        ("search: two rare words that never meet", "ms"),
        ("search: the beginning of a word", "ms"),
        ("search: its first letter", "ms"),
        ("search: a longer beginning", "ms"),
        ("search: no hit", "ms"),
        ("search: no hit, after a common word", "ms"),
        ("open a conversation, ratio", "x"),
        ("find a title, ratio", "x"),
        ("start, ratio", "x"),
        ("add a piece, ratio", "x"),
    ]


def test_a_table_tells_every_cost_and_which_goal_is_missed() -> None:
    one, other = Measurement("one", "ms", 1.0, 2.0, 50.0), Measurement("other", "ms", 60.0, 70.5, 50.0)
    assert table([one, other, ratio("ratio", one, other, 100.0)]).splitlines() == [
        "            median          p95  goal",
        "one        1.00 ms      2.00 ms  <= 50 ms",
        "other     60.00 ms     70.50 ms  <= 50 ms  MISSED",
        "ratio     60.00 x                <= 100 x",
    ]
