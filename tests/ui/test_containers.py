import pytest

from ui.containers import Container, item_width, opened, peel, same_place, stub

QUOTE = Container(0, 0)
ITEM = Container(0, 0, mark="• ", width=2)


def item(line: int, width: int) -> Container:
    return Container(line, 0, mark="• ", width=width)


@pytest.mark.parametrize(
    ("line", "outer", "width"),
    [("- a", [], 2), ("10. a", [], 4), ("-   a", [], 4), ("-      a", [], 2), ("-", [], 2), ("> - a", [QUOTE], 2)],
)
def test_an_item_is_as_wide_as_its_mark_and_the_blanks_after_it(line: str, outer: list[Container], width: int) -> None:
    assert item_width(line, outer) == width


@pytest.mark.parametrize(
    ("line", "containers", "text"),
    [
        ("\tx", [], "\tx"),
        ("   x", [ITEM], " x"),
        ("\tx", [ITEM], "  x"),
        ("", [ITEM], ""),
        (" x", [ITEM], None),
        ("> x", [QUOTE], "x"),
        ("x", [QUOTE], None),
        (">   x", [QUOTE, ITEM], "x"),
    ],
)
def test_a_line_is_peeled_out_of_its_containers(line: str, containers: list[Container], text: str | None) -> None:
    assert peel(line, containers) == text


def test_a_stub_opens_the_items_again() -> None:
    lines = ["> 1. a", ">    - - b", ">      c"]
    containers = [QUOTE, item(0, 3), item(1, 2), item(1, 2)]

    assert stub(lines, containers) == ["> 1. #", ">    - - #"]
    assert same_place(containers) == ">        "


def test_what_a_line_opens_is_not_its_text() -> None:
    assert opened("- > ```py", [ITEM, Container(0, 2)]) == "```py"
