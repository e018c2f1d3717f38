from pathlib import Path

import pytest

from protocol.errors import InterfaceError
from ui.configuration_file import parse_file
from ui.configuration_keys import SETTINGS
from ui.settled import Found, Settled

FILE = parse_file("model = 'of the file'\n[limits]\nstreams = 2\n", "c.toml", Path())


def test_the_file_gives_way_to_the_environment_and_that_to_flags() -> None:
    flags, environment = {"model": "of the flag"}, {"CHINWAG_MODEL": "of the variable"}
    assert [
        Settled().find("model"),
        Settled(FILE).find("model"),
        Settled(FILE, environment).find("model"),
        Settled(FILE, environment, flags).find("model"),
    ] == [
        Found("", "default"),
        Found("of the file", "c.toml, line 1"),
        Found("of the variable", "CHINWAG_MODEL"),
        Found("of the flag", "--model"),
    ]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_a_default_that_its_own_check_takes(setting: object) -> None:
    assert isinstance(setting, type(SETTINGS[0]))
    if setting.default != "":
        assert setting.kind.check(setting.default) == setting.default
    if setting.example is not None:
        assert setting.kind.check(setting.example) == setting.example


def test_names_and_variables_are_all_different() -> None:
    for names in ([one.name for one in SETTINGS], [one.variable for one in SETTINGS if one.variable]):
        assert len(set(names)) == len(names)


def test_an_empty_variable_is_not_set() -> None:
    assert Settled(FILE, {"CHINWAG_MODEL": " "}).text("model") == "of the file"


def test_values_come_in_their_kinds() -> None:
    settled = Settled(FILE, {"CHINWAG_TIMEOUTS_IDLE": "3", "OLLAMA_NOHISTORY": "yes"})
    assert (settled.whole("limits.streams"), settled.seconds("timeouts.idle")) == (2, 3.0)
    assert (settled.yes("no-history"), settled.yes("plain")) == (True, False)
    assert (settled.is_set("limits.streams"), settled.is_set("theme")) == (True, False)


def test_a_variable_that_makes_no_sense_is_a_sentence_and_counts_as_not_set_where_that_must_not_matter() -> None:
    environment = {"CHINWAG_LIMITS_STREAMS": "many"}
    with pytest.raises(InterfaceError) as raised:
        Settled(FILE, environment).find("limits.streams")
    assert str(raised.value) == "CHINWAG_LIMITS_STREAMS: 'many' is no whole number. Change or unset it."
    assert Settled(FILE, environment, lenient=True).whole("limits.streams") == 2


def test_what_a_section_means_is_there_where_a_file_has_it() -> None:
    file = parse_file("[presets.brief]\nsystem = 'Be brief.'\n", "c.toml", Path())
    assert Settled(FILE).section("presets") is None
    assert str(Settled(file).section("presets")).startswith("(PresetSettings(name='brief'")
