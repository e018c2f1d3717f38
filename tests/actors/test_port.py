from actors.accumulator import Accumulator
from actors.actor import stop
from actors.credit import Credit
from actors.port import Port
from protocol.accumulator import AbandonReply, AccumulatorMessage, BeginReply
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.limits import ResourceLimits
from tests.support.addresses import PATIENCE, Recorder

STREAM = StreamId(TurnId("turn"), 1)
FIRST, SECOND = BeginReply(STREAM, ConversationId("talk")), AbandonReply(STREAM)


def test_what_is_told_before_anybody_is_there_is_a_dead_letter() -> None:
    port = Port[AccumulatorMessage]("Accumulator")
    port.tell(FIRST)
    assert port.dead_letters == 1


def test_messages_go_to_who_is_connected() -> None:
    port, receiver = Port[AccumulatorMessage]("Accumulator"), Recorder[AccumulatorMessage]()
    port.connect(receiver)
    port.tell(FIRST)
    port.tell(SECOND)
    assert receiver.take() == [FIRST, SECOND]
    assert port.dead_letters == 0


def test_messages_go_to_who_was_connected_last() -> None:
    port = Port[AccumulatorMessage]("Accumulator")
    before, after = Recorder[AccumulatorMessage](), Recorder[AccumulatorMessage]()
    port.connect(before)
    port.tell(FIRST)
    port.connect(after)
    port.tell(SECOND)
    assert (before.take(), after.take()) == ([FIRST], [SECOND])


def test_a_dead_actor_makes_dead_letters_and_its_successor_gets_the_next() -> None:
    port, nobody, successor = (
        Port[AccumulatorMessage]("Accumulator"),
        Recorder[object](),
        Recorder[AccumulatorMessage](),
    )
    limits = ResourceLimits()
    dead = Accumulator.start(nobody, nobody, nobody, Credit(1), limits)
    port.connect(dead)
    assert stop(dead, PATIENCE)
    port.tell(FIRST)
    assert port.dead_letters == 1
    port.connect(successor)
    port.tell(SECOND)
    assert successor.take() == [SECOND]
