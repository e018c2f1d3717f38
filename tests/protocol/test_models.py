import pytest

from protocol.models import (
    InstalledModel,
    ModelChoice,
    ModelChosen,
    ModelUnclear,
    RunningModel,
    ServerSurvey,
    choose_model,
    list_names,
    same_model,
)
from protocol.ollama_models import decode_running
from tests.support.recordings import recording

EMPTY = "There is no model on 127.0.0.1:11434 yet."
HOW = "Get one with /pull NAME (in a shell: chinwag models pull NAME)."


def survey(*names: str) -> ServerSurvey:
    return ServerSurvey("127.0.0.1:11434", models=tuple(InstalledModel(name) for name in names))


@pytest.mark.parametrize(
    ("installed", "last_used", "choice"),
    [
        (("a", "b"), "b", ModelChosen("b")),
        (("a",), None, ModelChosen("a")),
        (("a",), "gone", ModelChosen("a")),
        (("a", "b"), None, ModelUnclear("Which model? 127.0.0.1:11434 has: a, b.", ("a", "b"))),
        (("a", "b"), "gone", ModelUnclear("Which model? 127.0.0.1:11434 has: a, b.", ("a", "b"))),
        ((), None, ModelUnclear(f"{EMPTY} {HOW}", ())),
        ((), "gone", ModelUnclear(f"{EMPTY} {HOW}", ())),
    ],
)
def test_the_model_used_last_is_chosen_else_the_only_one_else_the_user_is_asked(
    installed: tuple[str, ...], last_used: str | None, choice: ModelChoice
) -> None:
    assert choose_model(survey(*installed), last_used) == choice


def test_a_survey_names_its_models_in_the_servers_order() -> None:
    assert survey("b", "a").names == ("b", "a")


SMOL = RunningModel(
    "smollm2:135m",
    209505483,
    4096,
    expires=1795339514.03869,
    digest="321f3f3d8581b20b92636ee10dcce285490002b7b795b40a0532150b6f9a04cd",
)


@pytest.mark.parametrize(
    "name", ["smollm2:135m", "SmolLM2:135M", "library/smollm2:135m", "registry.ollama.ai/library/smollm2:135m"]
)
def test_a_recorded_running_model_is_found_however_its_name_is_written(name: str) -> None:
    survey = ServerSurvey("here", running=decode_running(recording("ps_two_loaded_one_forever").body))

    assert (survey.running_model(name), survey.lacks(name)) == (SMOL, False)


def test_two_names_of_one_model_are_the_same() -> None:
    assert same_model("Tiny", "library/tiny:latest")
    assert not same_model("tiny:1b", "tiny")


def test_the_tag_latest_may_be_left_out() -> None:
    survey = ServerSurvey("here", running=(RunningModel("hub:5000/me/tiny:latest"), RunningModel("other")))

    assert [survey.lacks(name) for name in ("hub:5000/me/tiny", "other:latest", "tiny")] == [False, False, True]


def test_that_a_model_is_not_loaded_is_only_known_of_a_server_that_says_what_is() -> None:
    nothing = decode_running(recording("ps_after_unload").body)
    told = [ServerSurvey("here", running=running).lacks("tiny") for running in (nothing, None)]

    assert told == [True, False]


@pytest.mark.parametrize(
    ("name", "blind"),
    [("gemma3", True), ("gemma3:latest", True), ("llava", False), ("unsaid", False), ("nosuch", False)],
)
def test_that_a_model_does_not_see_is_only_known_where_the_server_says_what_it_can(name: str, blind: bool) -> None:
    said = {"gemma3:latest": ("completion",), "llava:latest": ("completion", "vision"), "unsaid:latest": ()}
    models = tuple(InstalledModel(name, capabilities=capabilities) for name, capabilities in said.items())
    assert ServerSurvey("here", models=models).is_blind(name) is blind


def test_where_models_are_not_managed_by_requests_none_can_be_pulled() -> None:
    bare = ServerSurvey("127.0.0.1:11434", manages_models=False)
    assert choose_model(bare, None) == ModelUnclear(f"{EMPTY} Load one there.", ())


def test_of_a_very_long_name_a_sentence_has_the_beginning() -> None:
    assert list_names(("ti\nny", "x" * 101, "y" * 100)) == f"ti ny, {'x' * 97}..., {'y' * 100}"
