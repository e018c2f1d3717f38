"""markdown-it, set up for replies of language models, and imported when the first of them is parsed.

HTML is no language here but text. Link reference definitions are off: one at the end would change what is long drawn.
Mathematics is text as well: nothing within it is emphasis, and no backslash of it is lost.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

DEEPEST = 30
"""So deep blocks may be nested; a list is two levels. The parser drops what is deeper: show it otherwise."""

_MOST_COLUMNS = 24
_MOST_BRACKETS = 64
_MOST_MARKS = 400
_MARKS = re.compile(r"[\\`*_~\[\]!<&$]")
_MATH = re.compile(
    r"\$\$.+?\$\$"
    r"|\$(?![\s$])[^$\n]*?(?<![\s\\])\$(?!\d)"
    r"|\\\(.*?\\\)"
    r"|\\\[.*?\\\]"
    r"|\\[()\[\]]",
    re.DOTALL,
)


def block_tokens(text: str) -> "list[Token]":
    """Parse into blocks; the texts in them stay as they are."""
    parser = _parser()
    tokens: list[Token] = []
    parser.block.parse(text, parser, {}, tokens)
    return tokens


def inline_tokens(text: str) -> "list[Token] | None":
    """Parse the text of one block. None where it is mere text, or so full of marks that it would take too long."""
    marks = len(_MARKS.findall(text))
    if not marks or marks > _MOST_MARKS or text.count("[") > _MOST_BRACKETS:
        return None
    parser = _parser()
    tokens: list[Token] = []
    parser.inline.parse(text, parser, {}, tokens)
    return tokens


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import table

    def slim_table(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
        header = state.src[state.bMarks[start] : state.eMarks[start]]
        return header.count("|") <= _MOST_COLUMNS and table(state, start, end, silent)

    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough"]).disable(["reference", "html_block", "html_inline"])
    parser.block.ruler.at("table", slim_table, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.before("escape", "math", _math)
    return parser


def _math(state: "StateInline", silent: bool) -> bool:
    if state.src[state.pos] not in "\\$":
        return False
    found = _MATH.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True
