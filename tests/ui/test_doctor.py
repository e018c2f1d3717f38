import json
from collections.abc import Iterable
from io import StringIO

from ui.check import Check, fail, ok, warn
from ui.doctor import Doctor, Look


def doctor(*looks: tuple[str, Look], as_json: bool = False) -> tuple[int, str]:
    out = StringIO()
    return Doctor(looks, out).run(as_json), out.getvalue()


def broken() -> Iterable[Check]:
    raise ValueError("oh")


def test_each_finding_is_a_line_and_below_it_what_to_do() -> None:
    looks = ("a", lambda: [ok("a", "fine"), warn("b", "so\x1b so", "Do it.")]), ("c", lambda: [fail("c", "bad")])
    said = "  ok  a: fine\nwarn  b: so␛ so\n      Do it.\nFAIL  c: bad\n"
    assert doctor(*looks) == (1, said)
    assert doctor(looks[0]) == (0, said.partition("FAIL")[0])


def test_a_look_that_fails_stops_no_other() -> None:
    said = "FAIL  a: this could not be looked at (oh)\n      The log may say more.\n  ok  b: fine\n"
    assert doctor(("a", broken), ("b", lambda: [ok("b", "fine")])) == (1, said)


def test_programs_get_a_document() -> None:
    status, out = doctor(("a", lambda: [warn("a", "so so", "Do it.")]), as_json=True)
    check = {"about": "a", "state": "warn", "what": "so so", "advice": "Do it."}
    assert (status, json.loads(out)) == (0, {"version": 1, "checks": [check]})
