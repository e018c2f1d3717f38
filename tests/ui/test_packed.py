from hypothesis import given

from tests.bench.replies import MARKDOWN
from tests.ui.test_markdown import LARGE_TEXTS, grown, rows
from ui.leaf import Kind, Leaf
from ui.markdown import LOOSE, MarkdownText
from ui.packed import Packed
from ui.passage import Passage


def test_leaves_come_back_as_they_were() -> None:
    leaves = [block.leaf for block in grown(MARKDOWN).blocks]
    packed = Packed(leaves)
    assert [packed.leaf(place) for place in range(len(leaves))] == leaves


def test_what_repeats_itself_takes_a_small_part_of_its_size() -> None:
    leaves = [Leaf(Kind.TEXT, f"Paragraph {number} says much the same.", source="s" * 40) for number in range(100)]
    assert Packed(leaves).size < sum(len(leaf.text) + len(leaf.source) for leaf in leaves) / 4


def test_a_passage_looks_the_same_when_its_leaf_is_packed() -> None:
    blocks = grown(MARKDOWN).blocks
    leaves = [block.leaf for block in blocks]
    before = [block.render((60,)).decoded_text for block in blocks]
    packed = Packed(leaves)
    again = [Passage(leaf) for leaf in leaves]
    for place, block in enumerate(again):
        block.pack(packed, place)
    assert [block.render((60,)).decoded_text for block in again] == before
    assert [block.leaf for block in again] == leaves


def test_a_long_text_is_all_there_however_much_of_it_is_packed() -> None:
    text = MarkdownText()
    for number in range(3 * LOOSE):
        text.feed(f"Paragraph {number}.\n\n")
        _ = text.blocks
    assert [row for row in rows(text) if row] == [f"Paragraph {number}." for number in range(3 * LOOSE)]
    assert [source.text for source in text.sources] == [f"Paragraph {number}." for number in range(3 * LOOSE)]


@given(LARGE_TEXTS)
def test_packing_changes_nothing_that_is_shown(said: str) -> None:
    text = grown(said)
    before = [(block.leaf, block.rows((60,))) for block in text.blocks]
    packed = Packed([leaf for leaf, _ in before])
    for place, block in enumerate(text.blocks):
        block.pack(packed, place)
        block.let_go()
    assert [(block.leaf, block.rows((60,))) for block in text.blocks] == before
