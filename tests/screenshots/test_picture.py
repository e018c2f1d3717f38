from xml.etree import ElementTree

from tests.screenshots.paper import DAY, NIGHT
from tests.screenshots.picture import draw
from tests.support.emulator import Emulator

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str, columns: int = 10) -> list[tuple[str, dict[str, str]]]:
    """What stands in the window: tags, and their attributes with the text as one of them."""
    emulator = Emulator(columns, 1)
    emulator.feed(f"\x1b[?25l{text}".encode())
    root = ElementTree.fromstring(draw(emulator.shot(), "A title", NIGHT))
    group = root.find(f"{SVG}g")
    assert group is not None
    return [(one.tag.removeprefix(SVG), {**one.attrib, "text": one.text or ""}) for one in group]


def texts(text: str) -> list[tuple[str, str, str]]:
    """What is written, where it begins, and how wide it is."""
    return [(one["text"], one["x"], one["textLength"]) for tag, one in drawn(text) if tag == "text"]


def test_a_run_of_one_look_is_one_text_as_wide_as_its_cells() -> None:
    assert texts("ab \x1b[1mcd") == [("ab", "14", "16.8"), ("cd", "39.2", "16.8")]


def test_a_wide_character_stands_alone_in_its_two_cells() -> None:
    assert texts("a日b") == [("a", "14", "8.4"), ("日", "22.4", "16.8"), ("b", "39.2", "8.4")]


def test_blanks_within_a_text_do_not_collapse() -> None:
    assert texts("  a  b") == [("a\u00a0\u00a0b", "30.8", "33.6")]


def test_what_looks_like_markup_is_written_as_it_is() -> None:
    assert texts("<b>&amp;") == [("<b>&amp;", "14", "67.2")]


def test_bold_italic_underlined_struck_and_faint_are_drawn() -> None:
    ((_, found),) = drawn("\x1b[1;2;3;4;9mx")
    assert {name: found[name] for name in ("font-weight", "font-style", "text-decoration", "fill-opacity")} == {
        "font-weight": "bold",
        "font-style": "italic",
        "text-decoration": "underline line-through",
        "fill-opacity": "0.62",
    }


def test_colours_are_those_of_the_paper_or_as_they_were_given_and_reverse_swaps_them() -> None:
    ground, named, given = drawn("\x1b[36ma\x1b[0;7;38;2;1;2;3mb")
    assert (named[1]["fill"], ground[1]["fill"], given[1]["fill"]) == (NIGHT.named["cyan"], "#010203", NIGHT.ground)


def test_the_lines_of_a_table_meet() -> None:
    ((tag, found),) = drawn("─┼")
    assert (tag, found["d"]) == ("path", "M14 59h8.4M22.4 59h8.4M26.6 50v18")


def test_the_cursor_is_drawn_over_its_cell() -> None:
    emulator = Emulator(3, 1)
    emulator.feed(b"ab\x1b[D")
    picture = draw(emulator.shot(), "A title", DAY)
    assert f'<rect x="22.4" y="50" width="8.4" height="18" fill="{DAY.cursor}"' in picture
    assert f'fill="{DAY.ground}">b</text>' in picture


def test_the_same_shot_gives_the_same_picture() -> None:
    emulator = Emulator(3, 2)
    emulator.feed(b"\x1b[1mab")
    assert draw(emulator.shot(), "A title", DAY) == draw(emulator.shot(), "A title", DAY)
