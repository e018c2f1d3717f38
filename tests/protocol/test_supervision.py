from protocol.supervision import NEVER, RestartPolicy

POLICY = RestartPolicy(most=2, seconds=60.0)


def test_so_many_restarts_are_allowed_within_the_time_and_no_more() -> None:
    assert POLICY.allows((), 100.0)
    assert POLICY.allows((99.0,), 100.0)
    assert not POLICY.allows((98.0, 99.0), 100.0)


def test_what_is_long_ago_does_not_count() -> None:
    assert not POLICY.allows((40.1, 99.0), 100.0)
    assert POLICY.allows((40.0, 99.0), 100.0)


def test_no_restart_at_all_can_be_allowed() -> None:
    assert not NEVER.allows((), 0.0)
