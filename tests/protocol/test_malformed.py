"""What is said of bytes that make no sense: how they begin, and what to look at."""

import msgspec
import pytest

from protocol.errors import MalformedFrame
from protocol.malformed import OLLAMA_ADVICE, decode_answer, malformed


def test_of_few_bytes_all_are_shown_and_of_many_the_beginning() -> None:
    assert str(malformed(b"{\xff", "a line", "no JSON")) == (
        f"The server sent a line (no JSON): '{{\\xff'. {OLLAMA_ADVICE}"
    )
    error = malformed(b"x" * 500, "a line", "no JSON", "Look.")
    assert str(error) == f"The server sent a line (no JSON): '{'x' * 120} ...'. Look."


@pytest.mark.parametrize("body", [b"", b"rubbish", b"\xff", b'{"a": 1}', b"[" * 100_000])
def test_a_whole_answer_that_is_another_names_its_path(body: bytes) -> None:
    with pytest.raises(MalformedFrame, match="The server's answer to /api/tags is not Ollama's"):
        decode_answer(body, tuple[int, ...], "/api/tags")


def test_one_that_makes_sense_is_decoded() -> None:
    assert decode_answer(msgspec.json.encode((1, 2)), tuple[int, ...], "/api/tags") == (1, 2)
