from actors.archivist import BEAT
from actors.patience import SOON, Patience
from actors.turn_recorder import BATCH
from protocol.identity import ConversationId
from protocol.ui import NoticePosted
from tests.support.archiving import grew
from tests.support.clock import FakeClock


def test_only_pieces_that_come_soon_after_others_may_wait() -> None:
    clock = FakeClock(1.0)
    patience = Patience(clock)
    assert patience.may_wait(grew("first")) is False
    clock.advance(SOON / 2)
    assert patience.may_wait(grew("soon")) is True
    assert patience.may_wait(NoticePosted(ConversationId("talk"), "words")) is False
    clock.advance(SOON / 2)
    assert patience.may_wait(grew("soon after that one")) is True
    clock.advance(SOON)
    assert patience.may_wait(grew("after a pause")) is False


def test_much_wakes_the_archivist_at_once() -> None:
    patience = Patience(FakeClock(1.0))
    patience.may_wait(grew("first"))
    assert [patience.may_wait(grew("x" * (BATCH // 2))) for _ in range(4)] == [True, False, True, False]


def test_the_beat_goes_on_for_longer_than_a_piece_may_wait() -> None:
    assert SOON < BEAT
