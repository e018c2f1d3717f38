import io
from collections.abc import Iterable, Sequence

import pytest

from ui.check import Check, Health
from ui.check_terminal import check_clipboard, check_terminal
from ui.themes import ThemeName


def terminal(environ: dict[str, str], theme: ThemeName | None = None, tmux: str = "") -> dict[str, Check]:
    """What is found where there is no terminal, by what was looked at."""
    found = check_terminal(io.StringIO(), io.StringIO(), environ, theme, lambda _: tmux)
    return {check.about: check for check in found}


def state(found: Iterable[Check]) -> list[tuple[Health, str]]:
    return [(check.state, check.what) for check in found]


def test_without_a_terminal_the_chat_is_line_by_line() -> None:
    assert terminal({})["terminal"] == Check(
        "terminal",
        Health.WARN,
        "Standard input is no terminal.",
        "Run it in a terminal for the full screen; else the chat is line by line.",
    )


@pytest.mark.parametrize(
    ("environ", "theme", "said"),
    [
        ({"TERM": "xterm-256color"}, None, "256 or more (TERM=xterm-256color)"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, None, "256 or more (TERM=xterm, COLORTERM=truecolor)"),
        ({"TERM": "xterm"}, None, "few (TERM=xterm)"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, None, "none, as NO_COLOR says"),
        ({"TERM": "xterm"}, ThemeName.NONE, "none, as --theme none says"),
    ],
)
def test_the_colours_are_said(environ: dict[str, str], theme: ThemeName | None, said: str) -> None:
    assert terminal(environ, theme)["colours"].what == said


def test_a_locale_without_utf8_is_a_warning() -> None:
    assert terminal({"LANG": "de_DE.ISO-8859-1"})["characters"].state is Health.WARN
    assert terminal({"LANG": "de_DE.UTF-8"})["characters"].state is Health.OK


TMUX = [("on\n", Health.OK), ("external\n", Health.OK), ("off\n", Health.WARN), ("", Health.WARN)]


@pytest.mark.parametrize(("said", "health"), TMUX)
def test_tmux_is_asked_whether_it_passes_copied_texts_on(said: str, health: Health) -> None:
    assert terminal({"TMUX": "x"}, tmux=said)["tmux"].state is health


def test_screen_and_ssh_are_named() -> None:
    assert terminal({"STY": "x"})["screen"].state is Health.WARN
    assert "ssh" in terminal({"SSH_TTY": "x"})


@pytest.mark.parametrize(
    ("environ", "tools", "said"),
    [
        (
            {"DISPLAY": ":0", "TERM": "xterm-kitty"},
            {"xclip"},
            (Health.OK, "by /usr/bin/xclip, and the terminal takes up to 74,994 bytes by OSC 52"),
        ),
        ({"DISPLAY": ":0", "TERM": "xterm"}, {"xclip"}, (Health.OK, "by /usr/bin/xclip")),
        ({"TERM": "foot"}, set(), (Health.OK, "the terminal takes up to 74,994 bytes by OSC 52")),
        (
            {"TERM": "xterm"},
            set(),
            (Health.WARN, "there is no tool for it, and this terminal is not known to take OSC 52"),
        ),
    ],
)
def test_the_ways_to_the_clipboard_are_said(environ: dict[str, str], tools: set[str], said: tuple[Health, str]) -> None:
    def find(name: str) -> str | None:
        return f"/usr/bin/{name}" if name in tools else None

    def ask(_: Sequence[str]) -> str:
        return ""

    assert state(check_clipboard(environ, find, ask)) == [said]
