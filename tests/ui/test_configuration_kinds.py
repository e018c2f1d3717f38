import pytest

from ui.configuration_kinds import Address, Choice, Kind, Names, Seconds, Text, Whole, Wrong, YesOrNo

COLOURS = Choice(("red", "blue"), "colour")
FEW = Whole(1, 64)


@pytest.mark.parametrize(
    ("kind", "value", "means"),
    [
        (Text(), "a", "a"),
        (COLOURS, "red", "red"),
        (YesOrNo(), True, True),
        (FEW, 1, 1),
        (FEW, 64, 64),
        (Seconds(), 3, 3.0),
        (Seconds(), 0.5, 0.5),
        (Address(), "https://example.com/x", "https://example.com/x"),
        (Names(), ["mill", " barn "], ("mill", "barn")),
        (Names(), [], ()),
    ],
)
def test_a_value_of_a_file_is_taken(kind: Kind, value: object, means: object) -> None:
    assert kind.check(value) == means


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Text(), 3, "3 is no text: put it in quotes."),
        (COLOURS, "green", "there is no colour 'green'. There are red, blue."),
        (YesOrNo(), 1, "1 is neither true nor false."),
        (YesOrNo(), "x" * 99, f"'{'x' * 56}... is neither true nor false."),
        (FEW, True, "true is no whole number."),
        (FEW, 1.0, "1.0 is no whole number."),
        (FEW, 0, "0 is not within 1 to 64."),
        (FEW, 65, "65 is not within 1 to 64."),
        (Names(), "mill", '\'mill\' is no list of names: write ["one", "another"].'),
        (Names(), ["mill", 3], '[\'mill\', 3] is no list of names: write ["one", "another"].'),
        (Names(), ["mill", "Mill"], "'mill' is there twice."),
        (Seconds(), 0, "0 is no number of seconds above 0."),
        (Seconds(), float("nan"), "nan is no number of seconds above 0."),
        (Seconds(), float("inf"), "inf is no number of seconds above 0."),
        (Seconds(), "1", "'1' is no number of seconds."),
        (Address(), 1, '1 is no address: put it in quotes, as "127.0.0.1:11434".'),
        (
            Address(),
            "ftp://x",
            "The server address 'ftp://x' cannot be used: the scheme 'ftp' is neither http nor https."
            " Write it like 127.0.0.1:11434 or https://host/path.",
        ),
    ],
)
def test_a_value_that_cannot_be_is_said(kind: Kind, value: object, said: str) -> None:
    with pytest.raises(Wrong) as raised:
        kind.check(value)
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("kind", "text", "means"),
    [
        (Text(), "a", "a"),
        (COLOURS, " RED ", "red"),
        (YesOrNo(), "1", True),
        (YesOrNo(), "anything", True),
        (YesOrNo(), "0", False),
        (YesOrNo(), " False ", False),
        (FEW, " 7 ", 7),
        (Seconds(), "2.5", 2.5),
        (Address(), "x", "x"),
    ],
)
def test_a_text_of_the_environment_is_taken(kind: Kind, text: str, means: object) -> None:
    assert kind.parse(text) == means


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (COLOURS, "green", "there is no colour 'green'. There are red, blue."),
        (FEW, "many", "'many' is no whole number."),
        (FEW, "65", "65 is not within 1 to 64."),
        (Seconds(), "soon", "'soon' is no number of seconds above 0."),
        (Seconds(), "-1", "'-1' is no number of seconds above 0."),
    ],
)
def test_a_text_of_the_environment_that_cannot_be_is_said(kind: Kind, text: str, said: str) -> None:
    with pytest.raises(Wrong) as raised:
        kind.parse(text)
    assert str(raised.value) == said
