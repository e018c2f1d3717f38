import sys

import pytest

from protocol.packed_text import pack, unpack

TEXTS = ["", "short 🦉", "x" * 5_000, "ü" * 5_000, "日本" * 5_000, "a word and 🦉 " * 500, "\ud800" + "long " * 500]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_packed_is_the_same_afterwards_and_never_larger(text: str) -> None:
    packed = pack(text)
    assert unpack(packed) == text
    assert isinstance(packed, str) or len(packed) < sys.getsizeof(text)


@pytest.mark.parametrize("text", TEXTS[:3])
def test_what_is_short_or_needs_a_byte_a_character_stays_the_same_string(text: str) -> None:
    assert pack(text) is text


def test_one_emoji_does_not_make_the_others_dear() -> None:
    assert isinstance(pack("🦉" + "x" * 5_000), bytes)
