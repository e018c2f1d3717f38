import pytest

from ui.link import linked
from ui.markdown_inline import inline_markup
from ui.markup import Markup, plain
from ui.palette import Role

AT_BC, AT_FTP = (Role.MARK, " (http://b.c)"), (Role.MARK, " (ftp://d)")
T, E, S, B = Role.TEXT, Role.EMPHASIS, Role.STRONG, Role.STRONG_EMPHASIS


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("plain", ((T, "plain"),)),
        ("a *b **c*** d", ((T, "a "), (E, "b "), (B, "c"), (T, " d"))),
        ("***a***", ((B, "a"),)),
        ("**a** ~~b~~", ((S, "a"), (T, " "), (Role.STRUCK, "b"))),
        ("`a*b*`", ((Role.CODE, "a*b*"),)),
        ("[a](http://b.c)", ((linked(Role.LINK, "http://b.c"), "a"), (Role.MARK, " (http://b.c)"))),
        ("[http://b.c](http://b.c)", ((linked(Role.LINK, "http://b.c"), "http://b.c"),)),
        ("<a@b.c>", ((linked(Role.LINK, "mailto:a@b.c"), "a@b.c"),)),
        (
            "[a **b**](http://b.c)",
            (
                (linked(Role.LINK, "http://b.c"), "a "),
                (linked(S, "http://b.c"), "b"),
                (Role.MARK, " (http://b.c)"),
            ),
        ),
        (
            "[![i](http://i.j)](http://b.c)",
            ((linked(Role.LINK, "http://b.c"), "i"), (linked(Role.MARK, "http://b.c"), " (http://i.j)"), AT_BC),
        ),
        ("[a](#b) [c](ftp://d)", ((Role.LINK, "a"), (Role.MARK, " (#b)"), (T, " "), (Role.LINK, "c"), AT_FTP)),
        ("![](x.png)", ((Role.MARK, "(x.png)"),)),
        ("![](http://i.j)", ((linked(Role.MARK, "http://i.j"), "(http://i.j)"),)),
        ("[a](javascript:b)", ((T, "[a](javascript:b)"),)),
        ("$x_1*y*$ *z*", ((T, "$x_1*y*$ "), (E, "z"))),
        ("costs $5 or *$6*", ((T, "costs $5 or "), (E, "$6"))),
        ("a\\\nb  \nc", ((T, "a\nb\nc"),)),
        ("&lt;&#27;&#x9b;", ((T, "<��"),)),
    ],
)
def test_inline_markdown_becomes_pieces_by_role(text: str, markup: Markup) -> None:
    assert inline_markup(text, Role.TEXT) == markup


@pytest.mark.parametrize("text", ["[" * 3_000, "*a _" * 900, "![a](" * 600])
def test_a_text_so_full_of_marks_that_it_would_take_too_long_is_shown_as_it_is(text: str) -> None:
    assert plain(inline_markup(text, Role.TEXT)) == text
