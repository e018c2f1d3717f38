"""What is said of a chat whose model is gone."""

import pytest
from msgspec.structs import replace

from protocol.errors import ServerUnreachable
from protocol.identity import DEFAULT_SERVER, ServerName
from protocol.models import InstalledModel, ServerSurvey
from protocol.server_names import ServerNames
from protocol.sleep import ConversationSlept
from protocol.ui import ModelSet, NoticePosted, ServerChanged
from tests.ui.models import model_after
from tests.ui.talk import MODEL, OTHER, TALK, exchange, shows, started
from ui.conversation import Notice
from ui.missing_model import missing_words
from ui.model import Model
from ui.status import segments

AWAY = ServerUnreachable("No server answers.", "Start it.").failure
SAID = (
    "llama3.2 is not on here. It has: other:1b. Choose with /model NAME. /pull llama3.2 gets it again. What you send "
    "meanwhile is then sent to that one."
)


def has(*names: str) -> ServerChanged:
    return ServerChanged(ServerSurvey("here", models=tuple(InstalledModel(name) for name in names)))


def notices(model: Model) -> list[str]:
    return [entry.text for entry in model.shown.entries if isinstance(entry, Notice)]


def test_a_chat_that_is_opened_says_that_its_model_is_gone_below_what_was_said() -> None:
    begun, path, look = started(), shows(exchange("1")), has("other:1b")
    for model in (model_after(look, begun, path), model_after(begun, path, look)):
        assert notices(model) == [SAID]
        assert isinstance(model.shown.entries[-1], Notice)


def test_it_is_said_once_and_again_when_it_was_back() -> None:
    assert len(notices(model_after(started(), has("other:1b"), has("other:1b", "third"), started()))) == 1
    between = has(MODEL), NoticePosted(TALK, "Hm."), has("other:1b")
    assert notices(model_after(started(), has("other:1b"), *between)) == [SAID, "Hm.", SAID]


def test_where_models_are_not_managed_by_requests_nothing_is_said_of_pulling() -> None:
    shop = ServerSurvey("here", models=(InstalledModel("other:1b"),), manages_models=False)
    assert notices(model_after(started(), ServerChanged(shop))) == [SAID.replace(" /pull llama3.2 gets it again.", "")]


@pytest.mark.parametrize(
    "name", ["llama3.2:latest", "LLAMA3.2", "library/llama3.2", "registry.ollama.ai/library/llama3.2"]
)
def test_other_spellings_are_the_same_model(name: str) -> None:
    assert notices(model_after(started(model=name), has("llama3.2:latest"))) == []


@pytest.mark.parametrize(
    "survey",
    [ServerSurvey("here"), ServerSurvey("here", failure=AWAY), ServerSurvey("here", models=(InstalledModel(MODEL),))],
    ids=["no model is named", "the server is away", "it is there"],
)
def test_where_it_is_there_or_nobody_knows_nothing_is_said(survey: ServerSurvey) -> None:
    model = model_after(started(), ServerChanged(survey))
    assert (notices(model), missing_words(model.shown, model.survey, "Alt-M")) == ([], "")


def test_a_chat_without_a_model_lacks_none() -> None:
    assert notices(model_after(started(model=None), has("other:1b"))) == []


def test_where_one_writes_and_in_the_status_line_it_stays_said_until_another_is_chosen() -> None:
    model = model_after(started(), has("other:1b"))
    assert missing_words(model.shown, model.survey, "Alt-M chooses another") == "Model gone: Alt-M chooses another"
    assert "model gone" in [part.text for part in segments(model, 0.0)]
    model.apply(ModelSet(TALK, "other:1b"), 9.0)
    assert missing_words(model.shown, model.survey, "Alt-M chooses another") == ""
    assert "model gone" not in [part.text for part in segments(model, 0.0)]


def test_it_is_said_in_the_chat_that_it_is_about() -> None:
    model = model_after(started(), started(OTHER, "other:1b"), has("other:1b"))
    assert notices(model) == []
    assert [entry.text for entry in model.conversations[TALK].entries if isinstance(entry, Notice)] == [SAID]


def test_only_the_server_that_answers_in_a_chat_counts() -> None:
    mill = ServerName("mill")
    model = Model(servers=ServerNames((DEFAULT_SERVER, mill)))
    for event in (started(), has(MODEL), replace(has("other:1b"), server=mill)):
        model.apply(event, 0.0)
    assert notices(model) == []
    model.apply(replace(started(), server=mill), 0.0)
    assert notices(model) == [SAID]


def test_one_that_sleeps_says_it_below_what_is_told_of_it_again() -> None:
    asleep = started(OTHER), ConversationSlept(TALK)
    model = model_after(started(), shows(exchange("1")), *asleep, has("other:1b"), started())
    model.apply(shows(exchange("1")), 0.0)
    assert notices(model) == [SAID]
