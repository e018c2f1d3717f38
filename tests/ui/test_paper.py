from io import StringIO

from ui.paper import Held, Pages, Printed


def test_what_is_printed_is_made_harmless() -> None:
    out, err = StringIO(), StringIO()
    paper = Printed(out, err)
    paper.out("a\x1b[31mb")
    paper.err("c")
    assert (out.getvalue(), err.getvalue()) == ("a␛[31mb", "c")


def test_what_is_held_comes_in_its_order_when_it_is_its_turn_and_then_at_once() -> None:
    both = StringIO()
    held = Held(Printed(both, both))
    held.out("a")
    held.err("b")
    assert both.getvalue() == ""
    held.release()
    held.out("c")
    held.release()
    assert both.getvalue() == "abc"


def test_between_texts_is_an_empty_line_and_none_for_what_has_no_text() -> None:
    out, err = StringIO(), StringIO()
    pages = Pages(Printed(out, err))
    first, second, third = pages.page(), pages.page(), pages.page()
    first.out("a")
    first.out("b\n")
    second.err("failed")
    third.out("c\n")
    assert (out.getvalue(), err.getvalue()) == ("ab\n\nc\n", "failed")
