import pytest
from hypothesis import given

from protocol.options import Unfit
from protocol.parameter_changes import (
    ParameterChange,
    ResetParameters,
    SetFormat,
    SetKeepAlive,
    SetOption,
    SetShift,
    SetThink,
    SetTruncate,
    changed,
    check_parameters,
    check_think,
)
from protocol.parameters import NOTHING_SET, Option, OptionValue, Parameters
from tests.support.values import values

COLD = Parameters((Option("temperature", 0.2),), think=False, keep_alive="10m")


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (SetOption("seed", 7), Parameters((Option("seed", 7), Option("temperature", 0.2)), False, "", "10m")),
        (SetOption("temperature", None), Parameters((), False, "", "10m")),
        (SetThink("high"), Parameters(COLD.options, "high", "", "10m")),
        (SetThink(None), Parameters(COLD.options, None, "", "10m")),
        (SetFormat('"json"'), Parameters(COLD.options, False, '"json"', "10m")),
        (SetKeepAlive(None), Parameters(COLD.options, False)),
        (SetTruncate(False), Parameters(COLD.options, False, "", "10m", False)),
        (SetShift(True), Parameters(COLD.options, False, "", "10m", None, True)),
        (ResetParameters(), NOTHING_SET),
    ],
)
def test_a_change_changes_one_thing(change: ParameterChange, after: Parameters) -> None:
    assert changed(COLD, change) == after


@pytest.mark.parametrize("value", [1, 0, "yes", "", None, "HIGH", "low ", ["low"]])
def test_what_is_no_way_to_think_is_refused(value: object) -> None:
    with pytest.raises(Unfit, match=r"think takes true, false, low, medium, high or max, not .+\."):
        check_think(value)


def test_what_could_have_been_set_is_sound() -> None:
    whole = Parameters(COLD.options, "max", '{"a":1}', "-1", False, True)
    assert check_parameters(whole) == whole
    assert check_parameters(NOTHING_SET) == NOTHING_SET


def of(name: str, value: OptionValue) -> Parameters:
    return Parameters((Option(name, value),))


@pytest.mark.parametrize(
    "hostile",
    [
        of("temperature", 99.0),
        of("num_ctx", True),
        of("mirostat", 1),
        of("stop", ("",)),
        Parameters(think="loudly"),
        Parameters(format='{"a":1},"model":"other"'),
        Parameters(format="[]"),
        Parameters(keep_alive='1,"stream":false'),
        Parameters(keep_alive=""),
    ],
)
def test_what_nobody_could_have_set_is_refused(hostile: Parameters) -> None:
    with pytest.raises(Unfit):
        check_parameters(hostile)


@given(values(Parameters))
def test_whatever_comes_is_sound_or_refused(parameters: Parameters) -> None:
    try:
        sound = check_parameters(parameters)
    except Unfit:
        return
    assert check_parameters(sound) == sound
