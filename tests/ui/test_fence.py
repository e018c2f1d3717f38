from ui.fence import PART, OpenFence
from ui.leaf import Leaf
from ui.leaves import Start, leaves


def fence(opener: str) -> OpenFence:
    (found,) = leaves([opener], Start())
    return OpenFence(found, opener)


def text(leaf: Leaf | None) -> str | None:
    return leaf.text if leaf is not None else None


def test_lines_are_code_until_one_closes_it() -> None:
    code = fence("  ~~~~js")

    assert [code.take(line) for line in ("  a", "   b", "~~~", "c", "~~~~ ")] == [True] * 5
    assert (code.closed, text(code.leaf())) == (True, "a\n b\n~~~\nc")


def test_a_tab_is_dedented_as_the_blanks_it_stands_for() -> None:
    code = fence(" ```")

    assert [code.take(line) for line in ("\ta", " b", "\t\tc")] == [True] * 3
    assert text(code.leaf()) == "   a\nb\n       c"


def test_a_line_outside_of_its_containers_is_not_its_own() -> None:
    code = fence("- ```")

    assert [code.take(line) for line in ("  a", "", "b")] == [True, True, False]
    assert (code.closed, text(code.leaf())) == (False, "a\n")


def test_a_line_that_may_close_it_is_not_shown_while_it_grows() -> None:
    code = fence("```")

    assert [leaf.growing for leaf in map(code.leaf, ("`", "``", "``a", "x")) if leaf is not None] == [
        "",
        "",
        "``a",
        "x",
    ]


def test_long_code_is_cut_after_a_blank_line() -> None:
    code = fence("```")
    lines = ["x" * 30, "", "y"] * (PART // 30)
    for line in lines:
        code.take(line)
    parts = [*code.finished(), *filter(None, [code.leaf()])]

    assert "\n".join(part.text for part in parts) == "\n".join(lines)
    assert all(part.text.startswith("y") for part in parts[1:])
    assert [part.opens for part in parts] == [True] + [False] * (len(parts) - 1)
