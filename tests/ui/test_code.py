import pytest

from ui.code import code_markup
from ui.palette import Role


def test_code_is_coloured_by_what_its_pieces_are() -> None:
    assert code_markup('def f(): # hi\n    return "s", 1', "python") == (
        (Role.KEYWORD, "def"),
        (Role.CODE_BLOCK, " "),
        (Role.NAME, "f"),
        (Role.CODE_BLOCK, "(): "),
        (Role.COMMENT, "# hi"),
        (Role.CODE_BLOCK, "\n    "),
        (Role.KEYWORD, "return"),
        (Role.CODE_BLOCK, " "),
        (Role.STRING, '"s"'),
        (Role.CODE_BLOCK, ", "),
        (Role.NUMBER, "1"),
    )


@pytest.mark.parametrize("language", ["", "no such language", "x" * 100])
def test_code_in_an_unknown_language_has_one_colour(language: str) -> None:
    assert code_markup("if x:\n\n", language) == ((Role.CODE_BLOCK, "if x:\n\n"),)


@pytest.mark.parametrize("language", ["python", "js", "html", "diff", "console", "JSON", "c"])
def test_no_character_of_the_code_is_lost(language: str) -> None:
    code = "\n\n  a = 'unfinished\n\t<b> /* + - $ ls\n\n"

    assert "".join(text for _, text in code_markup(code, language)) == code


def test_code_is_made_clean() -> None:
    assert code_markup("\x1b[2J", "") == ((Role.CODE_BLOCK, "␛[2J"),)
