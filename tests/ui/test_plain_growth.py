import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.cuts import cut
from tests.ui.test_markdown import TEXTS, grown
from ui.leaf import Kind, Leaf
from ui.markdown import MarkdownText
from ui.plain_growth import plain_growth


def last_leaf(text: str) -> Leaf:
    return grown(text).blocks[-1].leaf


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("word", " and more"),
        ("one line\nand an", "other"),
        ("- an item", " of a list"),
        ("> 1. it", " is quoted"),
        ("*so", "me* words"),
        ("a", " | b"),
        ("日本", "語"),
        ("word  ", "and blanks  "),
    ],
)
def test_what_goes_on_as_text_is_what_parsing_it_would_make_of_it(text: str, more: str) -> None:
    growth = plain_growth(last_leaf(text), text.rpartition("\n")[2])
    assert growth is not None
    assert growth.leaf(f"{text}{more}".rpartition("\n")[2]) == last_leaf(text + more)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "-",
        "- ",
        "- [x",
        "# head",
        "***",
        "===",
        "| a",
        "[a",
        "```py",
        "~~~ a",
        "    code",
        "12.",
        "> ",
        "> |a",
    ],
)
def test_what_may_become_something_else_is_parsed(text: str) -> None:
    blocks = grown(text).blocks
    assert not blocks or plain_growth(blocks[-1].leaf, text) is None


@given(TEXTS, st.data())
def test_the_leaves_are_the_same_however_a_text_is_cut(text: str, data: st.DataObject) -> None:
    assert leaves(grown(*cut(text, data))) == leaves(grown(text)) == leaves(grown(*text))


def leaves(text: MarkdownText) -> list[tuple[Kind, str, str]]:
    return [(block.leaf.kind, block.leaf.text, block.leaf.source) for block in text.blocks]
