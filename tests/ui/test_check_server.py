import pytest

from protocol.errors import Category, Failure
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from ui.check import Check, fail, ok, warn
from ui.check_server import check_model, check_server

TINY, LATEST = InstalledModel("tiny:1b"), InstalledModel("llama3.2:latest")
WELL = ServerSurvey("http://here", "0.32", (TINY, LATEST), (RunningModel("tiny:1b"),))


def test_a_server_that_answers_is_said_with_what_it_has() -> None:
    assert list(check_server(WELL)) == [
        ok("server", "http://here answers, version 0.32"),
        ok("models", "tiny:1b, llama3.2:latest"),
        ok("loaded", "tiny:1b"),
    ]


def test_a_server_without_models_is_of_no_use() -> None:
    survey = ServerSurvey("http://here", notice="It is a demo.", running=())
    assert list(check_server(survey)) == [
        ok("server", "http://here answers"),
        warn("server", "It is a demo."),
        fail("models", "there is none", "Get one with `ollama pull NAME`."),
        ok("loaded", "none: the first reply waits until the model is loaded"),
    ]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (None, "It is away."),
        (401, "http://here: it wants to know who asks (status 401). It is away."),
        (403, "http://here: it forbids this (status 403). It is away."),
    ],
)
def test_a_server_that_is_of_no_use_is_said_with_what_to_do(status: int | None, said: str) -> None:
    failure = Failure(Category.NETWORK, "It is away.", "Start it.", status=status)
    assert list(check_server(ServerSurvey("http://here", failure=failure))) == [fail("server", said, "Start it.")]


@pytest.mark.parametrize(
    ("named", "last", "found"),
    [
        ("tiny:1b", None, ok("model", "tiny:1b is installed")),
        ("Tiny:1b", None, ok("model", "Tiny:1b is installed")),
        ("llama3.2", None, ok("model", "llama3.2 is installed")),
        (None, "tiny:1b", ok("model", "tiny:1b is installed")),
        (
            "gone",
            None,
            fail("model", "gone is not installed", "Get it with `ollama pull gone`, or name another with -m."),
        ),
        (
            None,
            "gone",
            warn("model", "several are there, and none was used last", "Name one with -m, or in the configuration."),
        ),
    ],
)
def test_the_model_that_would_answer_is_said(named: str | None, last: str | None, found: Check) -> None:
    assert list(check_model(WELL, named, last)) == [found]
