"""`chinwag` in a real pseudo-terminal: the keys of the composer, what it completes, and what is pasted."""

from pathlib import Path

from tests.support.answers import ndjson_chat
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_C, CTRL_D, CTRL_J, CTRL_R, ENTER, MODEL, UP, chatting, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal

CTRL_A, CTRL_E, CTRL_G, CTRL_K, CTRL_O, CTRL_U, CTRL_W, CTRL_Y = (
    "\x01",
    "\x05",
    "\x07",
    "\x0b",
    "\x0f",
    "\x15",
    "\x17",
    "\x19",
)
UNDO, TAB, BACKSPACE, DOWN = "\x1f", "\t", "\x7f", "\x1b[B"


def writes(terminal: Terminal, keys: str, *rows: str) -> None:
    """Type, and wait until these are the last rows of the composer."""
    terminal.send(keys)
    terminal.wait_for(lambda screen: screen[-len(rows) :] == list(rows))


@SIZES
def test_it_grows_to_a_third_of_the_screen(size: tuple[int, int]) -> None:
    third = size[1] // 3
    with chatting(columns=size[0], lines=size[1]) as (terminal, _):
        terminal.wait_for(lambda screen: screen[-2].startswith(" smollm2:135m"))
        for rows in range(1, third + 3):
            last = [f"  {number}" for number in range(1, rows + 1)][-third:]
            last[0] = last[0].replace("  ", "> ")
            writes(terminal, ("" if rows == 1 else CTRL_J) + str(rows), *last)
            assert terminal.display()[-len(last) - 1].startswith(" smollm2:135m")
        terminal.send(CTRL_C + CTRL_D)
        quits(terminal)


@SIZES
def test_words_lines_and_what_was_deleted_have_the_keys_of_a_shell(size: tuple[int, int]) -> None:
    with chatting(columns=size[0], lines=size[1]) as (terminal, _):
        writes(terminal, "one two-three four", "> one two-three four")
        writes(terminal, CTRL_W, "> one two-three")
        writes(terminal, ALT + BACKSPACE, "> one two-")
        writes(terminal, CTRL_A + ALT + "d", ">  two-")
        writes(terminal, CTRL_Y, "> one two-")
        writes(terminal, ALT + "f" + CTRL_K, "> one two")
        writes(terminal, ALT + "b" + "X", "> one Xtwo")
        writes(terminal, CTRL_E + "!" + CTRL_A + "?", "> ?one Xtwo!")
        writes(terminal, CTRL_E + CTRL_U, "> Write here")
        writes(terminal, UNDO, "> ?one Xtwo!")
        terminal.send(CTRL_C + CTRL_D)
        quits(terminal)


@SIZES
def test_what_was_sent_is_found_again(size: tuple[int, int]) -> None:
    with chatting(ndjson_chat(["Yes."]), columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send("alpha" + ENTER)
        terminal.wait_for(lambda screen: "> alpha" in screen and "Yes." in screen and "ready" in screen[-2])
        terminal.send("beta" + ENTER)
        terminal.wait_for(lambda screen: "> beta" in screen and screen[-1] != "> beta" and "ready" in screen[-2])
        writes(terminal, "draft", "> draft")
        writes(terminal, UP, "> beta")
        writes(terminal, UP, "> alpha")
        writes(terminal, DOWN + DOWN, "> draft")
        terminal.send(CTRL_R + "alp")
        terminal.wait_for(lambda screen: "alp" in screen[-1] and screen[-1].endswith("alpha"))
        writes(terminal, ENTER, "> alpha")
        terminal.send(CTRL_C + CTRL_D)
        quits(terminal)


@SIZES
def test_a_file_is_completed_after_an_at(tmp_path: Path, size: tuple[int, int]) -> None:
    for name in ("notes.txt", "notebook", "no\x1b[2J.md", "other"):
        (tmp_path / name).touch()
    with chatting(columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send(f"@{tmp_path}/no")
        terminal.wait_for(lambda screen: screen[-1].endswith("/no"))
        terminal.send(TAB)
        screen = terminal.wait_for(lambda screen: screen[-1].endswith("/note"))
        offered = [row for row in screen[:-1] if "/note" in row]
        assert [row.rpartition("/")[2] for row in offered] == ["notebook", "notes.txt"]
        terminal.send("s" + TAB)
        terminal.wait_for(lambda screen: screen[-1].endswith("/notes.txt"))
        terminal.send(CTRL_C + CTRL_D)
        quits(terminal)


@SIZES
def test_a_long_paste_is_folded_opened_and_deleted_as_one(size: tuple[int, int]) -> None:
    pasted = "word\n" * 4_000 + "the end"
    with chatting(columns=size[0], lines=size[1]) as (terminal, _):
        terminal.paste(pasted)
        folded = "> [text 1: 4,001 lines, 20,007"
        terminal.wait_for(lambda screen: any(row.startswith(folded) for row in screen[-2:]))
        terminal.send(CTRL_O)
        terminal.wait_for(lambda screen: screen[-2:] == ["  word", "  the end"])
        terminal.send(UNDO)
        terminal.wait_for(lambda screen: any(row.startswith(folded) for row in screen[-2:]))
        writes(terminal, BACKSPACE, "> Write here")
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_where_visual_is_not_set_the_editor_is_that_of_editor(tmp_path: Path, size: tuple[int, int]) -> None:
    editor = tmp_path / "an editor"
    editor.write_text('#!/bin/sh\nprintf "%s" "$1 edited" > "$2"\n')
    editor.chmod(0o755)
    with ReplayServer(models=MODEL) as server:
        env = {"OLLAMA_HOST": server.host, "EDITOR": f"'{editor}' -x"}
        with Terminal(CHINWAG, *size, env, tmp_path) as terminal:
            terminal.wait_for("ready")
            writes(terminal, "text" + CTRL_G, "> -x edited")
            terminal.send(CTRL_C + CTRL_D)
            quits(terminal)
