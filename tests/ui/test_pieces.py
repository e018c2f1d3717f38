from hypothesis import given
from hypothesis import strategies as st

from ui.pieces import Pieces


def grown(*pieces: str) -> Pieces:
    text = Pieces()
    for piece in pieces:
        text.append(piece)
    return text


@given(st.lists(st.text(max_size=3), max_size=40), st.integers(0, 130))
def test_it_says_what_came_and_what_came_after_a_place(pieces: list[str], start: int) -> None:
    said = "".join(pieces)
    text = grown(*pieces)
    assert (str(text), len(text), bool(text), text.after(start)) == (said, len(said), bool(said), said[start:])
    assert text == Pieces(said)


def test_thousands_of_pieces_are_few_strings_and_say_the_same() -> None:
    pieces = [f"{number} " for number in range(2_000)]
    text = grown(*pieces)
    said = "".join(pieces)
    assert (str(text), text.after(len(said) - 7), text.after(3_333)) == (said, said[-7:], said[3_333:])


def test_a_string_that_somebody_else_has_is_kept_instead() -> None:
    text, said = grown("a", "b", "c"), "".join(["ab", "c"])
    text.share(said)
    assert (str(text) is said, text.after(1), len(text)) == (True, "bc", 3)
    text.append("d")
    assert str(text) == "abcd"


def test_texts_are_the_same_if_they_say_the_same() -> None:
    assert grown("a", "b") == Pieces("ab")
    assert grown("a", "b") != Pieces("ba")
    assert Pieces("ab") != "ab"


def test_a_long_text_takes_less_room_once_it_is_whole_and_says_the_same() -> None:
    said = "🦉 says " * 500
    text = grown(*said)
    text.share(said)
    assert text._parts == [said.encode()]
    assert (str(text), text.after(len(said) - 5), text.after(0), len(text)) == (said, "says ", said, len(said))
    text.append("more")
    assert (str(text), text.after(len(said) - 1), text == Pieces(said + "more")) == (f"{said}more", " more", True)
