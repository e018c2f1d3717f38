from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.quantity import moment, plausible

PLACES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("said", "believed"),
    [(None, None), (0, 0), (7, 7), (2**63 - 1, 2**63 - 1), (2**63, None), (-1, None), (10**400, None)],
)
def test_only_what_a_count_or_a_duration_can_be_is_believed(said: int | None, believed: int | None) -> None:
    assert plausible(said) == believed


@given(st.datetimes(timezones=PLACES).map(lambda when: when.replace(microsecond=0)), PLACES)
def test_a_moment_that_is_believed_can_be_shown_by_any_clock(when: datetime, here: timezone) -> None:
    seconds = moment(when.isoformat())
    assert seconds is None or datetime.fromtimestamp(seconds, here).replace(microsecond=0) == when


def test_a_moment_after_which_no_clock_goes_on_is_not_believed() -> None:
    assert moment("9999-12-31T23:59:59-12:00") is None
    assert moment("9999-12-01T00:00:00Z") is not None
