from pathlib import Path

import pytest

from protocol.errors import InterfaceError
from ui.configuration_file import (
    NO_FILE,
    Mistake,
    configuration_path,
    examine,
    parse_file,
    read_file,
    read_sound,
)


def mistakes(text: str) -> list[str]:
    """What is said to be wrong with a file."""
    return [str(mistake) for mistake in examine(text, "config.toml", Path())[1]]


def test_what_a_file_says_is_known_by_its_path_with_its_line() -> None:
    text = 'model = "tiny"\n\n[limits]\nstreams = 2\n[timeouts]\nidle = 3\n'
    found = parse_file(text, "c.toml", Path())
    assert found.values == {("model",): "tiny", ("limits", "streams"): 2, ("timeouts", "idle"): 3.0}
    assert found.place(("limits", "streams")) == "c.toml, line 4"


@pytest.mark.parametrize("text", ["limits.streams = 2", "limits = { streams = 2 }", "[limits]\n'streams' = 2"])
def test_a_key_may_be_written_in_every_way_that_toml_has(text: str) -> None:
    assert parse_file(text, "", Path()).values == {("limits", "streams"): 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\nplain = 1", ["line 2: plain: 1 is neither true nor false."]),
        ("limits = 3", ["line 1: limits: limits is a table: write [limits], and below it a line for each setting."]),
        ("[limits]\nstreems = 2", ["line 2: limits.streems: there is no setting 'streems'. Did you mean 'streams'?"]),
        ("streams = 2", ["line 1: streams: there is no setting 'streams'. It belongs below [limits]."]),
        ("[limits]\nmodel = 'a'", ["line 2: limits.model: there is no setting 'model'. It stands in no table."]),
        ("limits = { streams = 0 }", ["line 1: limits.streams: 0 is not within 1 to 64."]),
        ("[what]\never = 1", ["line 1: what: there is no setting 'what'."]),
        (
            "presets = 1",
            ["line 1: presets: presets is a table: write [presets], and below it a line for each setting."],
        ),
        ("= =", ["line 1: this is not TOML: Invalid statement."]),
        ("theme = 'dark'\ntheme = 'dark'", ["line 2: this is not TOML: Cannot overwrite a value."]),
        (
            "plain = 1\n= =\nmodel = tiny\n",
            [
                "line 1: plain: 1 is neither true nor false.",
                "line 2: this is not TOML: Invalid statement.",
                "line 3: this is not TOML: Invalid value.",
            ],
        ),
        ("system = '''\nstreams = 2\n'''\nplain = 1", ["line 4: plain: 1 is neither true nor false."]),
        (f"x = {'[' * 5_000}", ["line 1: this is nested too deep."]),
    ],
)
def test_every_mistake_is_told_with_its_line_and_its_key(text: str, said: list[str]) -> None:
    assert mistakes(text)[: len(said)] == said


def test_what_makes_sense_of_a_file_is_found_beside_the_mistakes() -> None:
    found, wrong = examine("plain = 1\nmodel = 'tiny'\n", "c.toml", Path())
    assert found.values == {("model",): "tiny"}
    assert wrong == [Mistake(1, "plain", "1 is neither true nor false.")]


def test_the_keys_are_only_looked_at_where_there_is_a_screen_unless_something_else_is_wrong() -> None:
    text = "[keys]\nnosuch = 'f5'\n"
    assert parse_file(text, "c.toml", Path(), screen=False).sections == {}
    with pytest.raises(InterfaceError, match=r"line 2: keys.nosuch: .*\n  line 3: plain: "):
        parse_file("\nkeys.nosuch = 'f5'\nplain = 1\n", "", Path(), screen=False)


def test_a_file_that_is_not_there_is_missed_only_where_it_was_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert read_file(path, needed=False) == NO_FILE
    with pytest.raises(InterfaceError, match=r"There is no configuration file .* Name another one with --config"):
        read_file(path, needed=True)


def test_of_a_file_that_is_broken_what_makes_sense_can_be_had(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert read_sound(path) == NO_FILE
    path.write_bytes(b"\xff")
    assert read_sound(path) == NO_FILE
    path.write_text("model = 'tiny'\nplain = 1\n= =")
    assert read_sound(path).values == {("model",): "tiny"}


def test_the_file_is_the_one_that_is_named_or_the_systems_own(tmp_path: Path) -> None:
    assert configuration_path("a.toml", {"CHINWAG_CONFIG": "b.toml"}) == (Path("a.toml"), True)
    assert configuration_path(None, {"CHINWAG_CONFIG": "b.toml"}) == (Path("b.toml"), True)
    path, needed = configuration_path(None, {})
    assert (path.parts[-2:], needed) == (("chinwag", "config.toml"), False)
