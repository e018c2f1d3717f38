import pytest

from protocol.models import InstalledModel, ModelChoice, ModelChosen, ModelUnclear, ServerSurvey, choose_model


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
        ((), None, ModelUnclear("There is no model on 127.0.0.1:11434 yet. Get one with `ollama pull NAME`.", ())),
        ((), "gone", ModelUnclear("There is no model on 127.0.0.1:11434 yet. Get one with `ollama pull NAME`.", ())),
    ],
)
def test_the_model_used_last_is_chosen_else_the_only_one_else_the_user_is_asked(
    installed: tuple[str, ...], last_used: str | None, choice: ModelChoice
) -> None:
    assert choose_model(survey(*installed), last_used) == choice


def test_a_survey_names_its_models_in_the_servers_order() -> None:
    assert survey("b", "a").names == ("b", "a")
