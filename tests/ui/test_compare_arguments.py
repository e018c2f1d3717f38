"""The command line of `chinwag compare`."""

from pathlib import Path

import pytest

from protocol.comparison import Contestant
from protocol.identity import ServerName
from protocol.parameters import Parameters
from protocol.presets import PresetSettings
from ui.arguments import Options, parse_arguments
from ui.compare_arguments import CompareOptions
from ui.configuration_file import read_file

A, B = Contestant("a"), Contestant("b")


def parsed(*arguments: str, **environment: str) -> Options:
    return parse_arguments(["compare", *arguments], environment)


def options(*arguments: str) -> CompareOptions:
    found = parsed(*arguments).compare
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("arguments", "contestants"),
    [
        (("-m", "a", "-m", "b"), (A, B)),
        (("-m", "a", "--seeds", "2"), (Contestant("a", seed=1), Contestant("a", seed=2))),
        (("-m", "a", "--server", "x"), (Contestant("a", ServerName("x")),)),
        (("--preset", "p", "--preset", "q"), (Contestant(preset="p"), Contestant(preset="q"))),
        (("-m", "a", "--preset", "p"), (Contestant("a", preset="p"),)),
    ],
)
def test_who_answers_is_each_with_each(arguments: tuple[str, ...], contestants: tuple[Contestant, ...]) -> None:
    assert options("?", *arguments) == CompareOptions("?", contestants=contestants)


def test_where_no_model_is_named_that_of_the_settings_answers() -> None:
    found = parsed("?", "--seeds", "1", CHINWAG_MODEL="c").compare
    assert found is not None
    assert found.contestants == (Contestant("c", seed=1),)


def test_what_is_set_holds_for_all() -> None:
    found = options("-m", "a", "-O", "temperature=0", "--prompts", "-", "--jobs", "3", "--json", "--timeout", "5")
    assert found == CompareOptions(
        None, True, 5.0, prompts="-", jobs=3, contestants=(A,), parameters=Parameters.of_options({"temperature": 0.0})
    )


def test_what_is_said_on_the_command_line_holds_before_what_a_preset_says(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[presets.p]\nsystem = "Calm."\noptions = { temperature = 1, top_k = 5 }\n')
    flags = ["--preset", "p", "-m", "a", "-O", "temperature=0", "--system", "Brief."]
    settings = parse_arguments(["compare", *flags], {}, lambda *_: read_file(config, needed=True)).settings
    both = Parameters.of_options({"temperature": 0.0, "top_k": 5})
    assert settings.presets == (PresetSettings("p", None, "Brief.", both),)


def test_it_is_kept_where_that_is_wanted(tmp_path: Path) -> None:
    assert parsed("?", "-m", "a", "--keep", "--data-dir", str(tmp_path)).settings.data_dir == tmp_path


def test_nothing_is_kept_and_no_prompt_waits_for_a_server() -> None:
    settings = parsed("?", "-m", "a", "--jobs", "3", "--timeout", "5").settings
    assert (settings.data_dir, settings.wait_for_server, settings.adopts) == (None, False, False)
    assert (settings.limits.max_concurrent_streams, settings.limits.time.idle) == (3, 5.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("?", "-m", ""), "nobody is named who is to answer: -m NAME names a model"),
        (("?",), "nobody is named who is to answer: -m NAME names a model"),
        (("?", "-m", "a", "-m", "b", "--seeds", "9"), "these are 18 answers to one prompt, and 16 is the most"),
        (("?", "-m", "a", "--seeds", "0"), "argument --seeds: '0' is not a number from 1 to 16"),
        (("?", "-m", "a", "--prompts", "f"), "--prompts and PROMPT exclude each other"),
        (
            ("-m", "a", "--prompts", "f", "--keep"),
            "--prompts asks each prompt in a chat of its own, which is not kept",
        ),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed(*arguments)
    assert (caught.value.code, capsys.readouterr().err.splitlines()[-1]) == (2, f"chinwag compare: error: {words}")


@pytest.mark.parametrize(
    ("servers", "looked_at"),
    [(("mill",), ["mill"]), (("Barn", "mill"), ["mill", "barn"]), ((), [""]), (("pool",), ["", "mill", "barn"])],
)
def test_nobody_looks_at_a_server_that_is_not_asked(
    servers: tuple[str, ...], looked_at: list[str], tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[servers.mill]\nurl = "mill:1"\n[servers.barn]\nurl = "barn:1"\n')
    named = [part for server in servers for part in ("--server", server)]
    settings = parse_arguments(
        ["compare", "-m", "small", *named], {}, lambda *_: read_file(config, needed=True)
    ).settings
    assert [one.name for one in settings.servers] == looked_at
