import re

import pytest
import urwid

from tests.ui.paper import shown, written
from ui.link import linked, shows_links
from ui.markdown_inline import inline_markup
from ui.markup import role_of
from ui.palette import Role
from ui.paragraph import markup_paragraph

LINK = re.compile(rb"\x1b\]8;([^;]*);([^\x1b]*)\x1b\\")
TALK = "see [the *long* road to it](https://example.org/way) and [that](http://b.c)"


def picture(text: str, columns: int = 40) -> urwid.Canvas:
    return markup_paragraph(inline_markup(text, Role.TEXT)).render((columns,))


def row_by_row(data: bytes) -> list[bytes]:
    """Cut what was written where the cursor is put into another row."""
    return re.split(rb"\x1b\[\d*;?\d*H", data)


@pytest.mark.parametrize("address", ["http://b.c", "HTTPS://b.c/d?e=f&g#h", "mailto:a@b.c", "http://" + "a" * 1_993])
def test_an_address_on_the_web_or_of_mail_is_a_link(address: str) -> None:
    ink = linked(Role.LINK, address)

    assert (ink != Role.LINK, role_of(ink)) == (True, Role.LINK)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "#there",
        "file:///etc/passwd",
        "ftp://b.c",
        "javascript:alert(1)",
        "data:text/html,x",
        "ssh://b.c",
        "http://",
        "http://b c",
        "http://b.c\n",
        "http://b.c\x1b\\\x1b]52;c;eA==\x07",
        "http://b.c\x07",
        "http://b.c\x9c",
        "http://b\u202ec",
        "http://bücher.example",
        "http://" + "a" * 1_994,
    ],
)
def test_no_other_address_is_a_link(address: str) -> None:
    assert linked(Role.LINK, address) == Role.LINK


def test_a_terminal_that_has_links_gets_them() -> None:
    found = LINK.findall(written([picture(TALK, 90)], links=True))

    way, that = b"https://example.org/way", b"http://b.c"
    assert [address for _, address in found] == [way, way, way, b"", that, b""]


def test_a_link_is_over_at_the_end_of_each_row() -> None:
    rows = row_by_row(written([picture(TALK, 12)], links=True))

    opened = [[address for _, address in LINK.findall(row)] for row in rows]
    assert [addresses[-1] for addresses in opened if addresses] == [b""] * sum(map(bool, opened))
    assert sum(map(bool, opened)) > 2


def test_the_rows_of_a_link_are_one_link_to_the_terminal() -> None:
    found = LINK.findall(written([picture("[a long link over rows](http://b.c)", 12)], links=True))

    assert len({name for name, address in found if address}) == 1
    assert len([address for _, address in found if address]) > 1


def test_a_terminal_that_has_no_links_gets_none() -> None:
    assert b"\x1b]" not in written([picture(TALK)], links=False)


def test_links_change_no_cell() -> None:
    assert shown(picture(TALK), links=True) == shown(picture(TALK), links=False)


def test_no_address_of_a_model_ends_its_link_early() -> None:
    evil = "[a](<http://b.c/\x1b\\\x1b]52;c;eA==\x07>) [b](http://b.c/&#27;]0;x&#7;) <http://b.c/\x9c>"

    rest = LINK.sub(b"", written([picture(evil, 200)], links=True))
    assert (b"\x1b]" in rest, b"\x07" in rest, b"\x9c" in rest.replace("\u241b".encode(), b"")) == (False,) * 3


XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    "environ",
    [
        {"TERM": "xterm-kitty"},
        {"TERM": "xterm-ghostty"},
        {"TERM": "foot"},
        {"TERM": "foot-extra"},
        {"TERM": "alacritty"},
        {"TERM": "wezterm"},
        {"TERM": "tmux-256color"},
        {**XTERM, "TERM_PROGRAM": "iTerm.app"},
        {**XTERM, "TERM_PROGRAM": "vscode"},
        {**XTERM, "VTE_VERSION": "7200"},
        {**XTERM, "KONSOLE_VERSION": "230800"},
        {**XTERM, "WT_SESSION": "1"},
        {**XTERM, "KITTY_WINDOW_ID": "1"},
        {**XTERM, "FORCE_HYPERLINK": "1"},
        {"TERM": "screen-256color", "TMUX": "/tmp/x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"},
        {"TERM": "tmux-256color", "TMUX": "/tmp/x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.5a"},
    ],
)
def test_terminals_with_links_are_known(environ: dict[str, str]) -> None:
    assert shows_links(environ)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        XTERM,
        {"TERM": "linux", "VTE_VERSION": "7200"},
        {"TERM": "dumb", "TERM_PROGRAM": "vscode"},
        {"TERM": "screen.xterm-256color", "STY": "1"},
        {"TERM": "screen-256color", "KITTY_WINDOW_ID": "1"},
        {"TERM": "tmux-256color", "TMUX": "/tmp/x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a"},
        {"TERM": "tmux-256color", "TMUX": "/tmp/x", "VTE_VERSION": "7200"},
        {**XTERM, "TERM_PROGRAM": "Apple_Terminal"},
        {**XTERM, "VTE_VERSION": "4800"},
        {**XTERM, "VTE_VERSION": "new"},
        {"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"},
    ],
)
def test_in_others_links_are_text(environ: dict[str, str]) -> None:
    assert not shows_links(environ)
