import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.quoting import quoted, words_of


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
def test_texts_come_back_as_they_were(texts: list[str]) -> None:
    assert words_of(" ".join(map(quoted, texts))) == tuple(texts)


def test_a_word_needs_no_quotes() -> None:
    assert [quoted(text) for text in ("END", "two words", "\n", "", 'a"b', "\\")] == [
        "END",
        '"two words"',
        r'"\n"',
        '""',
        r'"a\"b"',
        r'"\\"',
    ]


@pytest.mark.parametrize("line", ['"', '"a', '"a"b', 'a "b" "c', '"\\"'])
def test_quotes_that_are_not_closed_are_told(line: str) -> None:
    with pytest.raises(ValueError, match="close the quotes"):
        words_of(line)
