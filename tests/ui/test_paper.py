from io import StringIO

from ui.paper import Held, Printed


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
