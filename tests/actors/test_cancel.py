import threading

import pytest

from actors.cancel import Cancelled, CancelToken
from tests.support.addresses import PATIENCE


def test_a_fresh_token_lets_everything_pass() -> None:
    token = CancelToken()
    token.check()
    with token.unblocking(lambda: None):
        token.check()
    assert not token.cancelled


def test_a_cancelled_token_stays_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    token.cancel()
    assert token.cancelled
    for _ in range(2):
        with pytest.raises(Cancelled):
            token.check()


def test_cancel_calls_the_hooks_of_all_blocks_before_it_returns() -> None:
    token = CancelToken()
    called: list[str] = []
    with token.unblocking(lambda: called.append("outer")), token.unblocking(lambda: called.append("inner")):
        token.cancel()
        assert sorted(called) == ["inner", "outer"]


def test_a_hook_is_called_once_however_often_the_stream_is_cancelled() -> None:
    token = CancelToken()
    called: list[str] = []
    with token.unblocking(lambda: called.append("hook")):
        token.cancel()
        token.cancel()
    token.cancel()
    assert called == ["hook"]


def test_a_hook_is_not_called_after_its_block() -> None:
    token = CancelToken()
    called: list[str] = []
    with token.unblocking(lambda: called.append("hook")):
        pass
    token.cancel()
    assert called == []


def test_a_hook_is_forgotten_when_its_block_is_left_by_an_error() -> None:
    token = CancelToken()
    called: list[str] = []
    with pytest.raises(ValueError), token.unblocking(lambda: called.append("hook")):
        raise ValueError
    token.cancel()
    assert called == []


def test_leaving_an_inner_block_keeps_the_same_hook_of_the_outer_one() -> None:
    token = CancelToken()
    called: list[str] = []

    def hook() -> None:
        called.append("hook")

    with token.unblocking(hook):
        with token.unblocking(hook):
            pass
        token.cancel()
    assert called == ["hook"]


def test_a_block_is_refused_when_the_cancel_came_before_it() -> None:
    token = CancelToken()
    called: list[str] = []
    token.cancel()
    with pytest.raises(Cancelled), token.unblocking(lambda: called.append("hook")):
        called.append("block")
    token.cancel()
    assert called == []


def test_cancel_wakes_a_thread_that_waits_for_ever() -> None:
    token = CancelToken()
    waiting, woken = threading.Event(), threading.Event()

    def wait() -> None:
        with token.unblocking(woken.set):
            waiting.set()
            woken.wait()

    reader = threading.Thread(target=wait, daemon=True)
    reader.start()
    assert waiting.wait(PATIENCE)
    token.cancel()
    reader.join(PATIENCE)
    assert not reader.is_alive()


@pytest.mark.parametrize("late", [False, True])
def test_no_cancel_falls_between_a_block_and_its_refusal(late: bool) -> None:
    """Whoever comes first: the hook is called in the block, or the block is refused, or it was left before."""
    for _ in range(300):
        outcome = _race(late)
        assert outcome in (["entered", "hook", "left"], ["refused"], ["entered", "left"])


def _race(late: bool) -> list[str]:
    token, start = CancelToken(), threading.Barrier(2)
    events: list[str] = []

    def read() -> None:
        start.wait(PATIENCE)
        try:
            with token.unblocking(lambda: events.append("hook")):
                events.append("entered")
                if late:
                    start.wait(PATIENCE)
        except Cancelled:
            events.append("refused")
        else:
            events.append("left")

    reader = threading.Thread(target=read)
    reader.start()
    start.wait(PATIENCE)
    if late:
        start.wait(PATIENCE)
    token.cancel()
    reader.join(PATIENCE)
    return events
