from actors.unsaid import Unsaid
from protocol.identity import ConversationId
from protocol.parameters import Option, Parameters
from protocol.server_settings import Dialect
from protocol.ui import NoticePosted
from tests.support.addresses import Recorder

TALK, OTHER = ConversationId("talk"), ConversationId("other")
CONTEXT = Parameters((Option("num_ctx", 4096),))
ONE = "num_ctx is not sent: a server that speaks as OpenAI's does has no word for it."
TWO = "keep_alive, num_ctx are not sent: a server that speaks as OpenAI's does has no word for them."


def test_what_a_server_has_no_word_for_is_said_once_in_each_conversation() -> None:
    ui = Recorder[NoticePosted]()
    unsaid = Unsaid(ui)
    for _ in range(3):
        unsaid.check(TALK, CONTEXT, Dialect.OPENAI)
    unsaid.check(OTHER, CONTEXT, Dialect.OPENAI)
    assert ui.take() == [NoticePosted(TALK, ONE), NoticePosted(OTHER, ONE)]


def test_it_is_said_again_when_it_is_something_else() -> None:
    ui = Recorder[NoticePosted]()
    unsaid = Unsaid(ui)
    for parameters in (CONTEXT, Parameters(CONTEXT.options, keep_alive="5m"), Parameters(), CONTEXT):
        unsaid.check(TALK, parameters, Dialect.OPENAI)
    assert ui.take() == [NoticePosted(TALK, ONE), NoticePosted(TALK, TWO), NoticePosted(TALK, ONE)]


def test_ollama_has_a_word_for_everything() -> None:
    ui = Recorder[NoticePosted]()
    Unsaid(ui).check(TALK, CONTEXT, Dialect.OLLAMA)
    assert ui.take() == []


def test_where_nothing_is_heeded_that_is_said_once_of_whatever_is_set() -> None:
    ui = Recorder[NoticePosted]()
    unsaid = Unsaid(ui)
    for parameters in (Parameters(), CONTEXT, Parameters(CONTEXT.options, keep_alive="5m")):
        unsaid.check(TALK, parameters, Dialect.OLLAMA, heeded=False)
    vain = "The model inside chinwag heeds nothing that is set, servers do."
    assert ui.take() == [NoticePosted(TALK, vain)]
