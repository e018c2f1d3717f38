import threading

from protocol.identity import ConversationId
from protocol.kept import KeptConversation
from protocol.models import InstalledModel, ServerSurvey
from ui.shell_words import models_of, titles_of


def test_models_are_those_of_the_server() -> None:
    survey = ServerSurvey("here", models=(InstalledModel("a:1b"), InstalledModel("b\x1b")))
    assert models_of(lambda: survey) == ("a:1b", "b␛")


def test_a_server_that_takes_too_long_has_none() -> None:
    over = threading.Event()

    def never() -> ServerSurvey:
        over.wait()
        return ServerSurvey("here")

    assert models_of(never) == ()
    over.set()


def test_titles_are_offered_once() -> None:
    titles = {"1": "a", "2": "a", "3": ""}
    kept = [KeptConversation(ConversationId(name), title, None, 1.0) for name, title in titles.items()]
    assert titles_of(kept) == ["a"]
