import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from protocol.fencing import fenced, language_of, visible


@pytest.mark.parametrize(
    ("name", "language"),
    [("a.py", "python"), ("~/src/A.RS", "rust"), ("Makefile", "makefile"), ("notes.txt", ""), ("notes", ""),
     ("src.py/notes", ""), ("x.unheard-of", "")],
)  # fmt: skip
def test_a_name_says_what_a_file_is_written_in(name: str, language: str) -> None:
    assert language_of(name) == language


def test_a_text_is_fenced_with_its_name_and_language() -> None:
    assert fenced("src/a.py", "print(1)\n") == "src/a.py:\n```python\nprint(1)\n```"
    assert fenced("notes", "no line end") == "notes:\n```\nno line end\n```"
    assert fenced("empty", "") == "empty:\n```\n```"


def test_a_fence_in_the_text_does_not_end_it() -> None:
    assert fenced("a.md", "````\ncode\n````\n") == "a.md:\n`````markdown\n````\ncode\n````\n`````"


def test_a_name_stays_on_its_line() -> None:
    assert fenced("a\n```\x1b[31m.py", "1\n").splitlines()[0] == "a\ufffd```\ufffd[31m.py:"
    assert visible("a\tb\u202ec") == "a\ufffdb\ufffdc"


@given(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs", "Zl", "Zp", "Cc"]) | st.just("\n")))
def test_what_is_in_the_fence_is_the_text(text: str) -> None:
    block = next(token for token in MarkdownIt().parse(fenced("a", text)) if token.type == "fence")
    assert block.content == (text if text.endswith("\n") or not text else f"{text}\n")
