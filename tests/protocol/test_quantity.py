import pytest

from protocol.quantity import plausible


@pytest.mark.parametrize(
    ("said", "believed"),
    [(None, None), (0, 0), (7, 7), (2**63 - 1, 2**63 - 1), (2**63, None), (-1, None), (10**400, None)],
)
def test_only_what_a_count_or_a_duration_can_be_is_believed(said: int | None, believed: int | None) -> None:
    assert plausible(said) == believed
