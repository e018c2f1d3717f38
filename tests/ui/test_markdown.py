import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ui.cuts import cut
from ui.blocks import GrowingText
from ui.markdown import LIMIT, LINE_LIMIT, PORTION, MarkdownText
from ui.palette import Role
from ui.passage import Passage

FRAGMENTS = st.sampled_from(
    [
        *("# ", "## H\n", "===\n", "---\n", "- ", "* ", "+ ", "1. ", "2) ", "10. ", "> ", ">", "[ ] ", "[x] "),
        *("```\n", "```python\n", "~~~\n", "```", "``", "`", "*", "**", "_", "~~", "[", "](", ")", "![", "<", ">"),
        *("|", "a | b\n", "|---|:-:|\n", "-|-\n", "| 1 | *2* |\n", "  ", "    ", "\t", "\n", "\n\n", "\n", "\n", " "),
        *(
            "word",
            "two words",
            "x = 'a'\n",
            '"""',
            "def f():\n",
            "日本",
            "👩\u200d👧",
            "e\u0301",
            "שלום",
            "\x1b[2J",
            "\r",
        ),
        *(
            "&#27;",
            "&amp;",
            "&",
            "\\",
            "\\(x_1\\)",
            "$a*b*c$",
            "$$",
            "<br>",
            "<!--",
            "[a]: /b\n",
            "http://a.b",
            "***\n",
        ),
    ]
)
LARGE = st.sampled_from(
    ["word " * 900, "line\n" * 700, "- item\n" * 500, "| a | b |\n" * 400, "x" * 9_000, "> q\n" * 40]
)
TEXTS = st.lists(FRAGMENTS, max_size=60).map("".join)
LARGE_TEXTS = st.lists(st.one_of(FRAGMENTS, FRAGMENTS, FRAGMENTS, LARGE), max_size=12).map("".join)
PLAIN_WORDS = st.text(st.sampled_from("ab 日é"), min_size=1, max_size=60).filter(lambda text: text == text.strip())


def grown(*pieces: str) -> MarkdownText:
    text = MarkdownText()
    for piece in pieces:
        text.feed(piece)
        _ = text.blocks
    while text.behind:
        text.go_on()
        _ = text.blocks
    return text


def test_much_that_comes_at_once_is_shown_a_portion_at_a_time() -> None:
    text = MarkdownText()
    text.feed("One line.\n\n" * (PORTION // 4))
    counts = [len(text.blocks)]
    assert len(text.blocks) == counts[0]
    while text.behind:
        text.go_on()
        counts.append(len(text.blocks))
    assert len(counts) == 3
    assert counts == sorted(set(counts))
    assert counts[-1] == PORTION // 4


def pieces(text: str, sizes: list[int]) -> Iterator[str]:
    """Cut a text into pieces of these sizes, again and again."""
    rest = cycle(sizes)
    while text:
        size = next(rest)
        yield text[:size]
        text = text[size:]


def rows(text: MarkdownText | GrowingText, columns: int = 60) -> list[str]:
    return [row.rstrip() for block in text.blocks for row in block.render((columns,)).decoded_text]


@given(TEXTS, st.data(), st.integers(2, 90))
@example("- a\n\n  1. b\n  1. c\n\n     ```py\n     x\n     ```\n  1. d\n- e", None, 40)
@example("> - a\n>   ~~~\n>   b\n> c\n\n|a|\n|-|\n|b|", None, 40)
@example("a\n\n[a]: /b", None, 40)
def test_a_text_looks_the_same_however_it_is_cut(text: str, data: st.DataObject | None, columns: int) -> None:
    assert rows(grown(*cut(text, data)), columns) == rows(grown(text), columns)


@settings(max_examples=30)
@given(LARGE_TEXTS, st.lists(st.integers(1, 4_000), min_size=1, max_size=20))
@example("- " + "word " * 2_000, [97])
@example("```python\n" + "x = 1\n\n" * 1_000, [97])
def test_a_long_text_looks_the_same_however_it_is_cut(text: str, sizes: list[int]) -> None:
    assert rows(grown(*pieces(text, sizes))) == rows(grown(text))


@given(TEXTS, st.lists(st.integers(1, 40), max_size=6))
def test_every_text_can_be_drawn_in_every_width(text: str, widths: list[int]) -> None:
    for block in grown(text).blocks:
        for columns in [width + 1 for width in widths]:
            canvas = block.render((columns,))
            assert (canvas.cols(), canvas.rows()) == (columns, block.rows((columns,)))


@given(st.lists(PLAIN_WORDS, min_size=1, max_size=8), st.data(), st.integers(2, 60))
def test_a_text_without_markdown_looks_as_ever(lines: list[str], data: st.DataObject, columns: int) -> None:
    text = "".join(line + "\n" * data.draw(st.integers(1, 4)) for line in lines)
    plain = GrowingText(Role.TEXT)
    plain.feed(text)

    assert rows(grown(text), columns) == rows(plain, columns)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\n\n \na\n\n", ["a"]),
        ("\n\n    > a", ["  > a"]),
        ("Roses are red\nviolets are blue", ["Roses are red", "violets are blue"]),
        ("# Title\ntext\n## Part\nmore", ["Title", "text", "", "Part", "more"]),
        ("a *b* **c** ~~d~~ `e`", ["a b c d e"]),
        ("- a\n- b\n  - c\n\n- d", ["• a", "• b", "  • c", "", "• d"]),
        ("- [x] done\n- [ ] to do", ["☑ done", "☐ to do"]),
        ("1. a\n1. b\n\n   c\n1. d", ["1. a", "2. b", "", "   c", "3. d"]),
        ("9. a\n10. b\n    - c", ["9. a", "10. b", "    • c"]),
        ("> a\n>\n> - b\n> > c", ["▌ a", "▌", "▌ • b", "▌ ▌ c"]),
        ("a\n\n---\nb", ["a", "", "─" * 60, "b"]),
        ("[text](http://a.b/c) <http://d.e>", ["text (http://a.b/c) http://d.e"]),
        ("![a cat](cat.png)", ["a cat (cat.png)"]),
        ("```\nx\n```\n\n\nz", ["  x", "", "", "z"]),
        ("```python\nx = 1\n\n  y\n```\nz", ["  python", "  x = 1", "", "    y", "z"]),
        ("- a\n  ```\n  b\n   c\n  ```\n- d", ["• a", "    b", "     c", "• d"]),
        ("    code", ["  code"]),
        ("a  \nb\\\nc", ["a", "b", "c"]),
        ("\\(a_1 * b_1 * c\\) $a*b*c$ \\[x\\]", ["\\(a_1 * b_1 * c\\) $a*b*c$ \\[x\\]"]),
        ("<b>x</b>\n\n<!-- y", ["<b>x</b>", "", "<!-- y"]),
        ("[a]: /b 'c'", ["[a]: /b 'c'"]),
        ("it costs \\$5 &#27;[2J &#x9b; &#7;", ["it costs $5 �[2J � �"]),
    ],
)
def test_markdown_is_shown_as_what_it_means(text: str, shown: list[str]) -> None:
    assert rows(grown(text)) == shown
    assert rows(grown(*text)) == shown


def test_a_list_item_that_has_only_begun_makes_no_heading_of_the_line_above() -> None:
    assert rows(grown("Items:\n-")) == ["Items:"]
    assert rows(grown("Items:\n-", " a")) == ["Items:", "• a"]


def test_blocks_that_are_over_stay_the_same_and_are_never_laid_out_again() -> None:
    text = grown("one\n\n- two\n- three\n\n```py\nfour\n```\nfive\n\nsix")
    before = list(text.blocks)
    bodies = [block.render((60,)) for block in before]

    text.feed(" seven\n\n# eight\n")

    assert list(text.blocks[:6]) == before
    assert [block.render((60,)) for block in before[:5]] == bodies[:5]
    assert [one is two for one, two in zip(bodies[:5], [block.render((60,)) for block in before[:5]], strict=True)] == (
        [True] * 5
    )


def test_a_block_stays_the_same_widget_while_it_becomes_something_else() -> None:
    text = grown("a | b\n")
    (before,) = text.blocks

    text.feed("--|--\nc | d\n")

    assert list(text.blocks) == [before]
    assert rows(text) == ["a │ b", "──┼──", "c │ d"]


@pytest.mark.parametrize(
    "shape",
    ["word ", "word\n", "- a\n", "> a\n", "a|b\n-|-\n", "    a\n\n", "*", "[", "> ", "- ", "`a", "<", "1. a\n\n   b\n"],
)
def test_no_leaf_grows_without_limit(shape: str) -> None:
    text = grown(shape * (30_000 // len(shape)))

    longest = max(len(block.leaf.source) for block in text.blocks)

    assert longest <= LIMIT + LINE_LIMIT + 100


def test_a_long_table_goes_on_under_the_same_header() -> None:
    text = grown("| name | n |\n|---|---|\n" + "".join(f"| someone | {n} |\n" for n in range(400)))
    shown = rows(text)

    assert len(text.blocks) > 1
    assert shown.count("name    │ n") == len(text.blocks)
    assert [row for row in shown if row.startswith("someone")] == [f"someone │ {n}" for n in range(400)]


def test_a_long_list_counts_on() -> None:
    shown = rows(grown("".join(f"1. item\n   - {'word ' * 30}\n" for _ in range(100))))

    assert [row for row in shown if row[0].isdigit()] == [f"{n}. item" for n in range(1, 101)]


def test_blocks_know_their_source() -> None:
    source = ["# A", "- b\n- c\n  - d", "```js\nlet x\n\nlet y\n```", "> e\n> f", "g\nh"]

    text = grown("\n\n".join(source))

    assert [(block.text, block.language, block.code) for block in text.sources] == [
        (source[0], "", None),
        (source[1], "", None),
        (source[2], "js", "let x\n\nlet y"),
        (source[3], "", None),
        (source[4], "", None),
    ]
    assert [block for part in text.sources for block in part.blocks] == list(text.blocks)


def test_code_in_many_parts_is_one_source() -> None:
    code = "\n".join(f"x{n} = {n}" for n in range(1_000))

    (source,) = grown(f"```python\n{code}\n```\n").sources

    assert (source.code, source.language, len(source.blocks) > 1) == (code, "python", True)


def test_a_text_too_deep_for_the_parser_is_shown_as_it_is() -> None:
    assert "".join(rows(grown("> " * 100 + "deep"), 400)) == "> " * 100 + "deep"


def test_the_libraries_are_imported_when_they_are_needed() -> None:
    script = """
import sys, ui.main, ui.screen_chat
from ui.markdown import MarkdownText
def loaded(): return [name for name in ("markdown_it", "pygments") if name in sys.modules]
text = MarkdownText()
print(loaded())
text.feed("a\\n\\n```\\nb\\n```\\n")
[block.render((40,)) for block in text.blocks]
print(loaded())
text.feed("```python\\nc")
[block.render((40,)) for block in text.blocks]
print(loaded())
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50, check=True)

    assert ran.stdout.splitlines() == ["[]", "['markdown_it']", "['markdown_it', 'pygments']"]


def test_blocks_are_passages() -> None:
    assert {type(block) for block in grown("a\n\n|b|\n|-|\n\n```\nc").blocks} == {Passage}
