import pytest

from tests.bench.replies import HOSTILE, MARKDOWN, Reply, reply_to


def test_words_are_numbered_and_make_paragraphs() -> None:
    reply = reply_to("words 61 at 100 of b after 2")

    assert (reply.chunks[:2], reply.chunks[58:]) == (("b00000 ", "b00001 "), ("b00058 ", "b00059\n\n", "b00060 "))
    assert (reply.rate, reply.endless, reply.delay, reply.last_word) == (100.0, False, 2.0, "b00060")


def test_without_more_words_it_says_all_as_fast_as_possible() -> None:
    assert reply_to("words 2") == Reply(("w00000 ", "w00001 "))


def test_endless_words_have_no_end() -> None:
    assert reply_to("endless 2 at 5 of e") == Reply(("e00000 ", "e00001 "), 5.0, endless=True)


@pytest.mark.parametrize(("size", "by"), [(1, 4), (2000, 4), (2000, 64)])
def test_markdown_is_cut_in_pieces_and_ends_after_a_whole_block_with_a_word(size: int, by: int) -> None:
    *pieces, last = reply_to(f"markdown {size} by {by} of m").chunks

    said = "".join(pieces)
    assert {len(piece) for piece in pieces} == {by, len(MARKDOWN) % by or by} if size > len(MARKDOWN) else {by}
    assert (MARKDOWN * 3).startswith(said)
    assert len(said.encode()) >= size
    assert "\n\n" in pieces[-1]
    assert last == f"\n\nm{size:05}"


def test_markdown_is_of_every_kind() -> None:
    wanted = ("## ", "- ", "1. ", "|---|", "```python", "> ", "**", "`tide", "](https:", "潮汐", "👩‍🔬")
    assert [mark for mark in wanted if mark not in MARKDOWN] == []


def test_hostile_replies_hold_as_many_kinds_as_asked_for() -> None:
    said = "".join(reply_to("hostile 15 of h").chunks)

    assert len(HOSTILE) == 15
    assert [kind for kind, sequence in HOSTILE.items() if sequence not in said] == []
    assert said.endswith("h00015")


@pytest.mark.parametrize("prompt", ["songs 3", "words many", "words 3 at"])
def test_a_prompt_that_asks_for_nothing_is_an_error(prompt: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        reply_to(prompt)
