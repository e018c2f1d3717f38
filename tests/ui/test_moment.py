from datetime import datetime

import pytest

from ui.moment import describe_moment

NOW = datetime(2026, 11, 22, 14, 5)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (datetime(2026, 11, 22, 9, 30), "09:30"),
        (datetime(2026, 11, 21, 23, 59), "Nov 21"),
        (datetime(2026, 1, 2, 3, 4), "Jan 2"),
        (datetime(2025, 12, 31, 3, 4), "2025-12-31"),
    ],
)
def test_a_moment_is_said_the_shorter_the_nearer_it_is(then: datetime, words: str) -> None:
    assert describe_moment(then.timestamp(), NOW.timestamp()) == words
