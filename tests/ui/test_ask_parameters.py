from pathlib import Path

import pytest

from protocol.parameters import Option, Parameters
from ui.arguments import parse_arguments


def parameters(*arguments: str) -> Parameters:
    options = parse_arguments(["ask", "Hi", *arguments], {}).ask
    assert options is not None
    return options.parameters


@pytest.mark.parametrize(
    ("arguments", "set_"),
    [
        ([], Parameters()),
        (
            ["-O", "top_k=5", "--option", "temperature=0.2"],
            Parameters((Option("temperature", 0.2), Option("top_k", 5))),
        ),
        (["-O", "seed=1", "-O", "seed=2"], Parameters((Option("seed", 2),))),
        (["--think", "HIGH"], Parameters(think="high")),
        (["--think", "false"], Parameters(think=False)),
        (["--keep-alive", "10m"], Parameters(keep_alive="10m")),
        (["--format", "json"], Parameters(format='"json"')),
        (["--format", '{"type": "object"}'], Parameters(format='{"type":"object"}')),
    ],
)
def test_what_is_set_is_sent_as_it_is_and_nothing_else(arguments: list[str], set_: Parameters) -> None:
    assert parameters(*arguments) == set_


def test_a_schema_comes_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    path.write_text('{"type": "array"}')
    assert parameters("--format", str(path)).format == '{"type":"array"}'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-O", "temperature"], "argument -O/--option: write it as NAME=VALUE, not 'temperature'"),
        (["-O", "temperature=hot"], "temperature takes a number from 0 to 10, not hot."),
        (["-O", "tempreature=1"], "Did you mean temperature?"),
        (["--think", "much"], "there is no level 'much': use one of true, false, low, medium, high, max"),
        (["--keep-alive", "long"], "keep_alive takes a duration"),
        (["--format", "/no/such"], "the file /no/such cannot be read: "),
        (["--format", "{"], "this is not JSON"),
    ],
)
def test_what_no_server_could_use_is_wrong_usage(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        parameters(*arguments)
    assert exit_.value.code == 2
    assert said in capsys.readouterr().err
