import pytest

from protocol.model_commands import ModelPart
from ui.arguments import parse_arguments
from ui.models_arguments import ModelsOptions


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("list --json", ModelsOptions("list", as_json=True)),
        ("ps", ModelsOptions("ps")),
        ("show tiny", ModelsOptions("show", ("tiny",))),
        ("show --license tiny", ModelsOptions("show", ("tiny",), part=ModelPart.LICENSE)),
        ("show tiny --json --verbose", ModelsOptions("show", ("tiny",), as_json=True, verbose=True)),
        ("pull a b --insecure", ModelsOptions("pull", ("a", "b"), insecure=True)),
        ("rm a --yes", ModelsOptions("rm", ("a",), yes=True)),
        ("cp a b", ModelsOptions("cp", ("a", "b"))),
        ("stop a", ModelsOptions("stop", ("a",))),
        ("warm a --keep-alive 30m", ModelsOptions("warm", ("a",), keep_alive="30m")),
        ("create new -f File -q q4_0", ModelsOptions("create", ("new",), file="File", quantize="q4_0")),
    ],
)
def test_what_is_typed_is_what_is_meant(typed: str, meant: ModelsOptions) -> None:
    options = parse_arguments(["models", *typed.split()], {})
    assert (options.command, options.models) == ("models", meant)


@pytest.mark.parametrize("where", [["--host", "there", "models", "list"], ["models", "list", "--host", "there"]])
def test_the_server_may_be_named_before_and_after(where: list[str]) -> None:
    assert parse_arguments(where, {}).settings.server.url.host == "there"


@pytest.mark.parametrize("typed", ["", "pull", "cp a", "create new", "show a b", "show a --license --system", "push a"])
def test_wrong_usage_ends_with_2(typed: str) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_arguments(["models", *typed.split()], {})
    assert ended.value.code == 2
