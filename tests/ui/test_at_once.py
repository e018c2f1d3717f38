"""What comes in pieces looks like what the parser makes of the whole."""

import re
from itertools import dropwhile

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.ui.cuts import cut
from tests.ui.test_markdown import FRAGMENTS, grown, rows
from ui.leaves import Start, leaves
from ui.passage import Passage
from ui.sanitiser import sanitise

END = "\n\nend"
"""What has only begun may look otherwise; what is followed by this has not."""
FENCES = ("```", "~~~")
SEEN_OTHERWISE = (
    re.compile(r"^[ \t>]*([#>*+`~-]|\d+[.)])[^\n]*\|[^\n]*\n[^\n]*-", re.MULTILINE),
    re.compile(r"^[ \t>]*( {4}|\t)[ \t]*>", re.MULTILINE),
)
"""markdown-it makes a header of a table of what has begun something else, and a quote of indented code, because of
lines below or above; CommonMark does not."""
SHORT = st.lists(FRAGMENTS, max_size=25).map("".join).map(sanitise)


def at_once(text: str) -> list[str]:
    found = leaves(text.split("\n"), Start())
    passages = [Passage(each.leaf) for each in found if each.leaf.visible]
    return [row.rstrip() for passage in passages for row in passage.render((60,)).decoded_text]


def said(shown: list[str]) -> list[str]:
    """The rows that say something: of code, blank lines at its end are shown only once it is over."""
    return [row for row in shown if row.strip(" ▌")]


def below(shown: list[str]) -> list[str]:
    """What is not blank at the beginning: what shows nothing, as an empty heading does, has no row above it."""
    return list(dropwhile(lambda row: not row, shown))


@given(SHORT, st.data())
@example("> ```\n> x", None)
@example("- a\n  ```\nb", None)
@example("1. a\n\n   b\n2. c", None)
def test_what_comes_in_pieces_looks_as_if_it_had_been_parsed_at_once(text: str, data: st.DataObject | None) -> None:
    assume(not any(otherwise.search(text) for otherwise in SEEN_OTHERWISE))
    shown, whole = rows(grown(*cut(text + END, data))), at_once(text + END)

    assert said(shown) == said(whole)
    assert below(shown) == below(whole) or any(fence in text for fence in FENCES)
