from protocol.identity import ConversationId
from protocol.input_handler import InputHandlerMessage, TextSubmitted
from tests.support.addresses import Recorder
from ui.outgoing import Outgoing

OLD, NEW = ConversationId("old"), ConversationId("new")


def sent(outgoing: Outgoing, engine: Recorder[InputHandlerMessage], shown: ConversationId | None) -> list[object]:
    outgoing.flush(shown)
    return list(engine.take())


def test_a_text_waits_for_an_engine_and_for_a_conversation() -> None:
    outgoing, engine = Outgoing(), Recorder[InputHandlerMessage]()
    outgoing.submit("hello")
    assert sent(outgoing, engine, OLD) == []
    outgoing.connect(engine)
    assert sent(outgoing, engine, None) == []
    assert sent(outgoing, engine, OLD) == [TextSubmitted(OLD, "hello")]
    assert sent(outgoing, engine, OLD) == []


def test_what_follows_new_waits_for_the_new_conversation() -> None:
    outgoing, engine = Outgoing(), Recorder[InputHandlerMessage]()
    outgoing.connect(engine)
    for text in ("one", " /new ", "two", "/new now"):
        outgoing.submit(text)
    assert sent(outgoing, engine, OLD) == [TextSubmitted(OLD, "one"), TextSubmitted(OLD, " /new ")]
    assert sent(outgoing, engine, OLD) == []
    assert sent(outgoing, engine, NEW) == [TextSubmitted(NEW, "two"), TextSubmitted(NEW, "/new now")]
