"""`chinwag` in a real pseudo-terminal: themes, terminals without colour or UTF-8, and keys of one's own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from tests.support.answers import ndjson_chat
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_D, ENTER, MODEL, quits
from tests.support.terminal import Terminal

REPLY = "# Head\n\n`code` – “é” 日本\n\n```python\nreturn 1\n```\n"
NO_ENVIRONMENT: Mapping[str, str] = {}
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


@contextmanager
def chat(
    home: Path, *arguments: str, size: tuple[int, int] = (80, 24), env: Mapping[str, str] = NO_ENVIRONMENT
) -> Iterator[Terminal]:
    """A chat with one reply on the screen."""
    with (
        ReplayServer(ndjson_chat([REPLY]), ndjson_chat(["Again."]), models=MODEL) as server,
        Terminal([*CHINWAG, *arguments], *size, {"OLLAMA_HOST": server.host, **env}, home) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("Hi" + ENTER)
        terminal.wait_for(lambda screen: any("return 1" in row for row in screen) and "ready" in screen[-2])
        yield terminal
        terminal.send(CTRL_D)
        quits(terminal)


def configure(home: Path, text: str) -> Path:
    """Write the configuration file where the program looks for it."""
    path = home / "config" / "chinwag" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def kinds_of(look: Sequence[bytes]) -> Iterator[str]:
    """What a terminal must know to show this look: 16 colours, 256, all of them, or how to blink."""
    rest = iter(look)
    for code in rest:
        if code in (b"38", b"48"):
            indexed = next(rest) == b"5"
            yield "256" if indexed else "true"
            list(islice(rest, 1 if indexed else 3))
        elif code in (b"5", b"6"):
            yield "blinks"
        elif re.fullmatch(rb"3[0-7]|4[0-7]|9[0-7]|10[0-7]", code):
            yield "16"


@pytest.mark.parametrize(
    ("arguments", "env", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        (["--theme", "none"], {}, False),
        (["--theme", "dark"], {"NO_COLOR": "1"}, True),
        (["--theme", "light"], {"TERM": "xterm"}, True),
        (["--theme", "high-contrast"], {"COLORTERM": "truecolor"}, True),
    ],
)
def test_colours_are_those_of_the_theme_or_there_are_none(
    tmp_path: Path, arguments: list[str], env: dict[str, str], coloured: bool
) -> None:
    with chat(tmp_path, *arguments, env=env) as terminal:
        pass
    assert (COLOUR.search(terminal.raw) is not None) is coloured


@pytest.mark.parametrize(
    ("env", "kinds"),
    [
        ({"TERM": "xterm"}, {"16"}),
        ({"TERM": "xterm-256color"}, {"16", "256"}),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, {"16", "true"}),
    ],
)
@pytest.mark.parametrize("theme", ["auto", "dark", "light", "high-contrast"])
def test_no_colour_is_used_that_the_terminal_does_not_know_and_nothing_blinks(
    tmp_path: Path, env: dict[str, str], kinds: set[str], theme: str
) -> None:
    with chat(tmp_path, "--theme", theme, env=env) as terminal:
        pass
    looks = [sgr.split(b";") for sgr in re.findall(rb"\x1b\[([0-9;]*)m", terminal.raw)]
    used = {kind for look in looks for kind in kinds_of(look)}
    assert used - {"blinks"} <= kinds
    assert max(kinds) in used or theme == "auto"
    assert "blinks" not in used


def test_a_theme_can_be_configured_and_the_command_line_outweighs_it(tmp_path: Path) -> None:
    configure(tmp_path, 'theme = "none"\n')
    with chat(tmp_path) as terminal:
        pass
    assert COLOUR.search(terminal.raw) is None
    with chat(tmp_path, "--theme", "auto") as terminal:
        pass
    assert COLOUR.search(terminal.raw) is not None


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
def test_a_terminal_without_utf_8_gets_ascii_in_the_same_columns(tmp_path: Path, size: tuple[int, int]) -> None:
    with chat(tmp_path, size=size, env={"LANG": "C"}) as terminal:
        assert 'code - "e" ????' in terminal.display()
    assert terminal.raw.isascii()


def test_keys_of_ones_own_do_what_the_file_says_and_the_screen_names_them(tmp_path: Path) -> None:
    configure(tmp_path, '[keys]\nretry = "f5"\ninterrupt = "ctrl-x"\n')
    with chat(tmp_path) as terminal:
        terminal.send(ALT + "r")
        terminal.send("\x1b[15~")
        terminal.wait_for(lambda screen: "Again." in screen and "ready" in screen[-2])
        terminal.send("\x18")
        terminal.wait_for(lambda screen: "press Ctrl-X again to quit" in screen[-2])


def test_mistakes_in_the_file_are_told_before_the_screen_is_there(tmp_path: Path) -> None:
    path = configure(tmp_path, 'theme = "blue"\n[keys]\nretri = "f5"\n')
    with Terminal(CHINWAG, home=tmp_path) as terminal:
        assert terminal.wait_exit() == 2
        screen = [row for row in terminal.display() if row]
    said = "".join(screen)
    assert f"{path} has mistakes:" in said.replace("\n", "")
    assert "line 1: theme: there is no theme 'blue'." in said
    assert "line 3: keys.retri: there is no action 'retri'. Did you mean 'retry'?" in said
    assert b"\x1b[?1049h" not in terminal.raw


def test_a_configuration_that_was_named_must_be_there(tmp_path: Path) -> None:
    with Terminal([*CHINWAG, "--config", "nosuch.toml"], home=tmp_path) as terminal:
        assert terminal.wait_exit() == 2
        screen = " ".join(row for row in terminal.display() if row)
    assert screen == ("chinwag: There is no configuration file nosuch.toml. Name another one with --con fig.")
