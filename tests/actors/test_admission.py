"""Which of the prompts that wait for a stream go first."""

from msgspec.structs import replace

from protocol.coordinator import ChooseModel, CoordinatorMessage, MoveQueued
from protocol.identity import TurnId
from protocol.models import InstalledModel, RunningModel
from protocol.parameter_changes import SetOption
from protocol.parameter_commands import ChangeParameters
from protocol.pool import PATIENCE
from protocol.stream_reader import OpenStream
from tests.support.coordinating import MODEL, SURVEY, A, B, C, Desk, finished, limits, stream, submit, surveyed

TWO = replace(SURVEY, models=(InstalledModel(MODEL), InstalledModel("huge:70b")), running=(RunningModel(MODEL),))
ONE_STREAM = limits(max_concurrent_streams=1)


def begun(desk: Desk, *messages: CoordinatorMessage) -> list[TurnId]:
    """The turns of which an attempt begins."""
    return [told.stream.turn for told in desk.after(*messages) if isinstance(told, OpenStream)]


def test_a_prompt_for_the_model_that_is_loaded_goes_before_an_earlier_one_for_another() -> None:
    desk = Desk(3, settings=ONE_STREAM)
    desk.given(surveyed(TWO), ChooseModel(B, "huge:70b"))
    assert begun(desk, submit(A, "4"), submit(B, "5"), submit(C, "6")) == ["4"]
    assert begun(desk, finished(stream(4))) == ["6"]
    assert begun(desk, finished(stream(6))) == ["5"]


def test_a_prompt_that_needs_the_model_loaded_otherwise_waits_like_one_for_another() -> None:
    desk = Desk(3, settings=ONE_STREAM)
    desk.given(surveyed(TWO), ChangeParameters(B, SetOption("num_ctx", 8192)))
    assert begun(desk, submit(A, "4"), submit(B, "5"), submit(C, "6"), finished(stream(4))) == ["4", "6"]


def test_in_one_chat_the_order_is_never_another() -> None:
    desk = Desk(2, settings=ONE_STREAM)
    desk.given(surveyed(TWO), submit(A, "3"), ChooseModel(B, "huge:70b"), submit(B, "4"), submit(B, "5"))
    assert begun(desk, finished(stream(3)), finished(stream(4))) == ["4", "5"]


def test_nobody_is_passed_by_for_ever() -> None:
    desk = Desk(3, settings=ONE_STREAM)
    desk.given(surveyed(TWO), ChooseModel(B, "huge:70b"), submit(A, "4"), submit(B, "5"))
    turn, passed = 4, 0
    for number in range(6, 20):
        desk.given(submit(C if number % 2 else A))
        (next_one,) = begun(desk, finished(stream(turn)))
        if next_one == "5":
            break
        turn, passed = int(next_one), passed + 1
    assert passed == PATIENCE


def test_where_all_can_begin_the_order_is_that_of_the_queue() -> None:
    desk = Desk(3)
    desk.given(ChooseModel(B, "huge:70b"))
    assert begun(desk, submit(A, "4"), submit(B, "5"), submit(C, "6")) == ["4", "5", "6"]


def test_what_the_user_has_brought_first_is_not_passed_by() -> None:
    desk = Desk(3, settings=ONE_STREAM)
    desk.given(surveyed(TWO), ChooseModel(B, "huge:70b"), submit(A, "4"), submit(C, "5"), submit(B, "6"))
    desk.given(MoveQueued(A, 3, 2))
    assert begun(desk, finished(stream(4))) == ["6"]
