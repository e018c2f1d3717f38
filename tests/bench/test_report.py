from math import inf

from tests.bench.notebook import Finding
from tests.bench.report import markdown_table, text_table

FINDINGS = [
    Finding("burst", "s", 0.5, 0.41, 0.625, 5, 0.67, 1.34, {"official": 0.3, "floor": 0.1}),
    Finding("raw sequences", "", 2.0, 2.0, 2.0, 1, 0.0, 0.0),
    Finding("memory", "MB", 1234.5, 1200.0, 1300.0, 3),
    Finding("echo", "ms", inf, inf, inf, 0, 2.0, 2.0),
]


def test_a_table_tells_every_number_and_which_goal_is_missed() -> None:
    assert text_table(FINDINGS).splitlines()[:5] == [
        "                median      quartiles  n  goal  goal here          official client  floor",
        "burst            0.5 s  0.41 to 0.625  5  0.67       1.34     met              0.3    0.1",
        "raw sequences        2                 1     0          0  MISSED",
        "memory         1234 MB   1200 to 1300  3",
        "echo           nothing                 0     2          2  MISSED",
    ]


def test_a_table_can_be_put_into_a_document() -> None:
    assert markdown_table(FINDINGS).splitlines()[:4] == [
        "|  | median | quartiles | n | goal | goal here |  | official client | floor |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| burst | 0.5 s | 0.41 to 0.625 | 5 | 0.67 | 1.34 | met | 0.3 | 0.1 |",
        "| raw sequences | 2 |  | 1 | 0 | 0 | MISSED |  |  |",
    ]
