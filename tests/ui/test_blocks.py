import urwid
from hypothesis import example, given
from hypothesis import strategies as st
from urwid.testing import render_text

from tests.ui.cuts import cut
from ui.blocks import HARD_LIMIT, SOFT_LIMIT, GrowingText
from ui.palette import Role
from ui.paragraph import paragraph
from ui.sanitiser import sanitise

WORDS = st.text(st.sampled_from("ab \n\t日👍\u200d\u0301\x1b"), max_size=200)
LONG_TEXTS = st.lists(st.one_of(WORDS, st.integers(0, 5_000).map("x".__mul__)), max_size=12).map("".join)


def grown(*pieces: str) -> GrowingText:
    text = GrowingText(Role.TEXT)
    for piece in pieces:
        text.feed(piece)
    return text


def rows(text: GrowingText, columns: int) -> list[str]:
    return [row for block in text.blocks for row in render_text(block, (columns,), strip=True)]


@given(LONG_TEXTS, st.data(), st.integers(2, 90))
@example("x" * (HARD_LIMIT + 1), None, 40)
@example("a\n" * SOFT_LIMIT, None, 40)
def test_a_text_looks_the_same_however_it_is_cut(text: str, data: st.DataObject | None, columns: int) -> None:
    pieces = cut(text, data)

    assert rows(grown(*pieces), columns) == rows(grown(text), columns)


@given(st.lists(WORDS, max_size=40).map("".join), st.integers(2, 90))
def test_cutting_at_line_ends_changes_nothing_that_is_seen(text: str, columns: int) -> None:
    lines = [line[:200] for line in text.split("\n")]
    whole = "\n".join(lines).strip()

    expected = render_text(paragraph(Role.TEXT, whole), (columns,), strip=True) if whole else []

    assert rows(grown("\n".join(lines)), columns) == expected


@given(LONG_TEXTS)
def test_no_character_is_lost(text: str) -> None:
    shown = "".join(str(block.text) for block in grown(text).blocks)

    assert "".join(shown.split()) == "".join(sanitise(text).split())


@given(LONG_TEXTS)
def test_no_block_is_longer_than_the_limit(text: str) -> None:
    assert [block for block in grown(text).blocks if len(block.text) > HARD_LIMIT] == []


def test_only_the_last_block_changes() -> None:
    text = GrowingText(Role.TEXT)
    text.feed("line\n" * 500)
    before = list(text.blocks)
    texts = [block.text for block in before[:-1]]

    text.feed("more\n" * 500)

    assert text.blocks[: len(before)] == before
    assert [block.text for block in before[:-1]] == texts


def test_blocks_end_at_the_first_line_end_after_the_soft_limit() -> None:
    text = grown("x" * 999 + "\n" + "y" * 10 + "\nz")

    assert [block.text for block in text.blocks] == ["x" * 999 + "\n" + "y" * 10, "z"]


def test_a_line_too_long_is_cut_at_a_blank() -> None:
    text = grown("x" * 3_000 + " " + "y" * 2_000)

    assert [block.text for block in text.blocks] == ["x" * 3_000, "y" * 2_000]


def test_a_line_too_long_and_without_blanks_is_not_cut_within_a_character() -> None:
    text = grown("x" * (HARD_LIMIT - 1) + "e\u0301" + "y")

    assert [block.text for block in text.blocks] == ["x" * (HARD_LIMIT - 1), "e\u0301y"]


def test_white_space_around_the_text_and_at_its_growing_end_takes_no_room() -> None:
    text = GrowingText(Role.TEXT)
    seen = []
    for piece in ("\n\n ", "a", "\n\n", "b", "\n \n"):
        text.feed(piece)
        seen.append([block.text for block in text.blocks])

    assert seen == [[], ["a"], ["a"], ["a\n\nb"], ["a\n\nb"]]


def test_tabs_are_columns() -> None:
    assert rows(grown("a\tb\n\tc"), 10) == ["a   b", "    c"]


def test_blocks_are_plain_texts_in_their_role() -> None:
    (block,) = grown("a\x1b[31m").blocks

    assert isinstance(block, urwid.Text)
    assert block.get_text() == ("a␛[31m", [(Role.TEXT, 6)])
