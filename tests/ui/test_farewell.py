import errno

import pytest

from protocol.errors import InterfaceError
from protocol.ui import QuitRequested
from ui.farewell import Farewell, asked_for, failed

CRASH = Farewell(1, ("the chat failed: OSError(28, 'No space left on device'). The log has the details.",))


@pytest.mark.parametrize(
    ("error", "farewell"),
    [
        (InterfaceError("The terminal is torn.", "Tie it."), Farewell(2, ("The terminal is torn. Tie it.",))),
        (OSError(errno.EIO, "gone"), Farewell(129)),
        (OSError(errno.ENOSPC, "No space left on device"), CRASH),
        (ValueError("x"), Farewell(1, ("the chat failed: ValueError('x'). The log has the details.",))),
    ],
)
def test_what_went_wrong_is_a_status_and_a_sentence(error: Exception, farewell: Farewell) -> None:
    assert failed(error) == farewell


def test_a_wish_has_its_own_status_and_reason() -> None:
    assert asked_for(None) == Farewell()
    assert asked_for(QuitRequested("The program was asked to end.", 143)) == Farewell(
        143, ("The program was asked to end.",)
    )
