"""`chinwag` in a real pseudo-terminal: files, images and what commands print go with prompts."""

import json
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.addresses import PATIENCE
from tests.support.answers import MODEL, done, ndjson_chat, one_model, opening, replay
from tests.support.leaks import nothing_left
from tests.support.pictures import png
from tests.support.ports import refusing_port
from tests.support.processes import gone
from tests.support.program import CHINWAG, environment, run
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer, Script
from tests.support.session import ALT, CTRL_D, ENTER, ESC, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal
from tests.support.wire import SendChunk

PICTURE = png(640, 480)
F3, PASTE, PASTE_END = "\x1bOR", "\x1b[200~", "\x1b[201~"
SEEN = ndjson_chat(["I see it."])
CTRL_T = "\x14"


SEES = one_model("completion", "vision")


@contextmanager
def chatting(
    home: Path,
    *script: Script,
    size: tuple[int, int] = (80, 24),
    arguments: tuple[str, ...] = (),
    gets: dict[str, Any] = SEES,
) -> Iterator[tuple[Terminal, ReplayServer]]:
    """The chat, ready, with a model that sees unless it is said otherwise."""
    with (
        nothing_left(),
        ReplayServer(*(script or (SEEN,)), gets=gets) as server,
        Terminal([*CHINWAG, *arguments], *size, {"OLLAMA_HOST": server.host, "SHELL": "/bin/sh"}, home) as terminal,
    ):
        terminal.wait_for("ready")
        yield terminal, server
        terminal.send(CTRL_D)
        quits(terminal)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an image and a text."""
    (tmp_path / "photo.png").write_bytes(PICTURE)
    (tmp_path / "notes.txt").write_text("one\ntwo\n")
    return tmp_path


def messages(server: ReplayServer, number: int = -1) -> list[dict[str, Any]]:
    """What the server was sent."""
    sent: list[dict[str, Any]] = json.loads(server.chats[number].body)["messages"]
    return sent


LOOK = {
    "role": "user",
    "content": "see @~/photo.png @~/notes.txt\n\n~/notes.txt:\n```\none\ntwo\n```",
    "images": [b64encode(PICTURE).decode()],
}


@SIZES
def test_an_image_and_a_text_are_seen_sent_kept_and_sent_again_byte_for_byte(home: Path, size: tuple[int, int]) -> None:
    with chatting(home, size=size) as (terminal, server):
        terminal.send("see @~/photo.png @~/notes.txt")
        terminal.wait_for(lambda screen: any(row.startswith("2 files, 2 KB: ~/photo.png") for row in screen))
        terminal.send(ENTER)
        terminal.wait_for("I see it.")
        assert [row for row in terminal.display() if row][:5] == [
            "> see @~/photo.png @~/notes.txt",
            "  [image ~/photo.png, 640x480, 2 KB]",
            "  [file ~/notes.txt, 2 lines, 8 B]",
            "smollm2:135m",
            "I see it.",
        ]
        assert json.loads(server.chats[0].body) == {"model": MODEL, "messages": [LOOK], "stream": True}
    (home / "photo.png").unlink()
    (home / "notes.txt").write_text("other words")
    with chatting(home, size=size, arguments=("--continue",)) as (terminal, server):
        terminal.wait_for("  [image ~/photo.png, 640x480, 2 KB]")
        terminal.send(ALT + "r")
        terminal.wait_for(lambda screen: any("2/2" in row for row in screen))
        server.request_received(1)
        terminal.wait_for(lambda screen: screen[-2].startswith(" smollm2:135m") and "ready" in screen[-2])
        assert messages(server) == [LOOK]
        terminal.send("and now?" + ENTER)
        server.request_received(2)
        terminal.wait_for("> and now?")
        answer = {"role": "assistant", "content": "I see it."}
        assert messages(server) == [LOOK, answer, {"role": "user", "content": "and now?"}]
        terminal.wait_for(lambda screen: "ready" in screen[-2])


def test_a_text_unfolds(home: Path) -> None:
    with chatting(home) as (terminal, _):
        terminal.send("@~/notes.txt" + ENTER)
        terminal.wait_for("I see it.")
        assert "    two" not in terminal.display()
        terminal.send(CTRL_T)
        terminal.wait_for("    two")


def test_a_pasted_path_of_an_image_attaches_it_and_any_other_stays_text(home: Path) -> None:
    (home / "my photo").write_bytes(PICTURE)
    with chatting(home) as (terminal, server):
        terminal.send(f"{PASTE}'{home}/my photo' {PASTE_END}")
        terminal.wait_for(lambda screen: screen[-1].startswith('> @"/') or '@"/' in "".join(screen))
        terminal.send(f"{PASTE}{home}/notes.txt{PASTE_END}" + ENTER)
        terminal.wait_for("I see it.")
        (message,) = messages(server)
        assert message["content"] == f'@"{home}/my photo" {home}/notes.txt'
        assert [b64decode(image) for image in message["images"]] == [PICTURE]


def test_what_is_to_be_attached_by_a_command_is_written_where_one_writes(home: Path) -> None:
    with chatting(home) as (terminal, server):
        terminal.send("/attach ~/photo.png" + ENTER)
        terminal.wait_for("> @~/photo.png")
        terminal.send("what is it?" + ENTER)
        terminal.wait_for("I see it.")
        assert messages(server)[0]["images"] == LOOK["images"]
        terminal.send("/attach ~/nosuch.png" + ENTER)
        terminal.wait_for("There is nothing at '~/nosuch.png' to attach.")


@pytest.mark.parametrize(
    ("word", "refusal"),
    [
        ("/dev/zero", "'/dev/zero' is a device. Attach a file."),
        ("~/program", "'~/program' is neither an image nor text. Attach another file."),
        ("~/broken", "'~/broken' cannot be read: No such file or directory. Attach another file."),
    ],
)
def test_what_cannot_be_attached_is_said_and_the_prompt_comes_back(home: Path, word: str, refusal: str) -> None:
    (home / "program").write_bytes(b"\x7fELF\0\0")
    (home / "broken").symlink_to("nowhere")
    with chatting(home) as (terminal, server):
        terminal.send(f"run @{word}" + ENTER)
        terminal.wait_for(refusal)
        terminal.wait_for(f"> run @{word}")
        assert server.chats == ()
        terminal.send("\x15")
        terminal.wait_for("> Write here")


def test_a_model_that_does_not_see_is_sent_nothing_and_the_prompt_comes_back(home: Path) -> None:
    with chatting(home, gets=one_model("completion")) as (terminal, server):
        terminal.wait_for(lambda screen: server.host in screen[-2])
        terminal.send("see @~/photo.png" + ENTER)
        terminal.wait_for(lambda screen: any(row.startswith("smollm2:135m cannot see images.") for row in screen))
        terminal.wait_for("> see @~/photo.png")
        assert server.chats == ()
        terminal.send("\x15")
        terminal.wait_for("> Write here")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("images_no_vision_gemma", "Multimodal data provided"),
        ("images_bad_base64", "illegal base64 data"),
    ],
)
def test_where_nobody_knew_what_the_server_says_is_shown(home: Path, name: str, words: str) -> None:
    with chatting(home, replay(recording(name)), gets=one_model()) as (terminal, server):
        terminal.send("see @~/photo.png" + ENTER)
        terminal.wait_for(lambda screen: any(words in row for row in screen))
        assert len(server.chats) == 1


def test_what_waits_for_a_server_keeps_its_bytes(home: Path) -> None:
    with (
        nothing_left(),
        refusing_port() as port,
        Terminal([*CHINWAG, "-m", MODEL], env={"OLLAMA_HOST": f"127.0.0.1:{port}"}, home=home) as terminal,
    ):
        terminal.send("see @~/photo.png" + ENTER)
        terminal.wait_for(lambda screen: any("waits for the server" in row for row in screen))
        (home / "photo.png").write_bytes(b"changed")
        terminal.send(CTRL_D)
        quits(terminal)
    with chatting(home) as (terminal, server):
        server.request_received(1)
        (message,) = messages(server)
        assert [b64decode(image) for image in message["images"]] == [PICTURE]


@SIZES
def test_what_a_command_prints_is_shown_and_sent_by_enter(home: Path, size: tuple[int, int]) -> None:
    with chatting(home, size=size) as (terminal, server):
        terminal.send("!echo hi; echo no >&2; exit 3" + ENTER)
        terminal.wait_for("(exit status 3)")
        terminal.wait_for(lambda screen: "Enter sends it, Esc drops it" in screen[-3] + screen[-2] + screen[-4])
        assert server.chats == ()
        terminal.send(ENTER)
        terminal.wait_for("I see it.")
        name = "output of echo hi; echo no >&2; exit 3 (exit status 3)"
        content = f"!echo hi; echo no >&2; exit 3\n\n{name}:\n```\nhi\nno\n```"
        assert messages(server) == [{"role": "user", "content": content}]


def test_esc_drops_what_a_command_printed(home: Path) -> None:
    with chatting(home) as (terminal, server):
        terminal.send("!echo hi" + ENTER)
        terminal.wait_for(lambda screen: screen[-2].startswith("output of") or "output of" in "".join(screen[-3:]))
        terminal.send(ESC)
        terminal.wait_for(lambda screen: screen[-1] == "> Write here" and "output of" not in screen[-2])
        terminal.send("Hello" + ENTER)
        terminal.wait_for("I see it.")
        assert messages(server) == [{"role": "user", "content": "Hello"}]


def test_a_command_that_hangs_is_stopped_by_esc_and_leaves_no_process(home: Path) -> None:
    with chatting(home) as (terminal, _):
        terminal.send("!echo $$ > ~/first; sleep 1000 & echo $! > ~/other; wait" + ENTER)
        terminal.wait_for(lambda screen: "running echo" in "".join(screen[-3:]))
        _until(home / "other")
        terminal.send(ESC)
        terminal.wait_for("(stopped)")
        assert gone(home / "first")
        assert gone(home / "other")


def test_quitting_ends_a_command(home: Path) -> None:
    with chatting(home) as (terminal, _):
        terminal.send("!echo $$ > ~/first; sleep 1000" + ENTER)
        _until(home / "first")
    assert gone(home / "first")


def _until(path: Path) -> None:
    """Wait until a command has written something there."""
    deadline = time.monotonic() + PATIENCE
    while not path.exists() or not path.read_text():
        assert time.monotonic() < deadline
        os.sched_yield()


def test_what_is_pasted_is_not_run(home: Path) -> None:
    with chatting(home) as (terminal, _):
        terminal.send(f"{PASTE}!touch {home}/made\n{PASTE_END}")
        terminal.wait_for(lambda screen: "!touch" in "".join(screen[-3:]))
        assert not (home / "made").exists()
        terminal.send("\x15\x08\x15")
        terminal.wait_for("> Write here")


def drawing(picture: bytes) -> Script:
    """A reply with an image."""
    line = {
        "model": MODEL,
        "message": {"role": "assistant", "content": "", "images": [b64encode(picture).decode()]},
    }
    data = json.dumps({**line, "done": False}).encode() + b"\n"
    return (*opening(["Here it is."]), SendChunk(data), done(), SendChunk(b""))


def test_what_a_model_draws_is_a_line_and_is_saved(home: Path) -> None:
    pictures = home / "pictures"
    with chatting(home, drawing(PICTURE)) as (terminal, _):
        terminal.send("draw" + ENTER)
        terminal.wait_for("[image image.png, 640x480, 2 KB]")
        terminal.send(f"/save-images {pictures}" + ENTER)
        terminal.wait_for(lambda screen: "image-1.png." in "".join(screen))
    assert (pictures / "image-1.png").read_bytes() == PICTURE
    with chatting(home, arguments=("--continue",)) as (terminal, _):
        terminal.wait_for("[image image.png, 640x480, 2 KB]")
        terminal.send(F3 + "s")
        terminal.wait_for(lambda screen: screen[-1].startswith("save as: image-1.png"))
        terminal.send("\x15" + f"{pictures}/mine.png" + ENTER)
        terminal.wait_for(lambda screen: "mine.png." in "".join(screen))
    assert (pictures / "mine.png").read_bytes() == PICTURE


def test_what_was_attached_is_named_in_markdown_and_comes_back_by_an_import(home: Path) -> None:
    with chatting(home) as (terminal, _):
        terminal.send("see @~/photo.png @~/notes.txt" + ENTER)
        terminal.wait_for("I see it.")
    env = environment(home)
    shown = run("chats", "show", "see", env=env).out
    assert "*(image ~/photo.png, 640x480, 2 KB)*\n\n~/notes.txt:\n```\none\ntwo\n```\n" in shown
    document = run("chats", "export", "--all", "--json", env=env).out
    (other := home / "other").mkdir()
    assert run("chats", "import", "-", env=environment(other), stdin=document).status == 0
    assert run("chats", "export", "--all", "--json", env=environment(other)).out == document
    (picture, _) = json.loads(document)["conversations"][0]["messages"][0]["attachments"]
    assert picture == {"name": "~/photo.png", "media_type": "image/png", "data": b64encode(PICTURE).decode()}


def test_line_by_line_a_command_is_asked_about_and_a_pipe_runs_none(home: Path) -> None:
    with (
        nothing_left(),
        ReplayServer(SEEN, gets=SEES) as server,
        Terminal([*CHINWAG, "--plain"], env={"OLLAMA_HOST": server.host, "SHELL": "/bin/sh"}, home=home) as terminal,
    ):
        terminal.wait_for("chinwag: the model is smollm2:135m")
        terminal.send("!echo hi" + ENTER)
        terminal.wait_for(lambda screen: any(row.startswith("chinwag: Enter sends this") for row in screen))
        terminal.send("n" + ENTER)
        terminal.wait_for("chinwag: dropped")
        terminal.send("!echo ho" + ENTER)
        terminal.wait_for(lambda screen: sum(row.startswith("chinwag: Enter sends this") for row in screen) == 2)
        terminal.send("What is it? @~/photo.png" + ENTER)
        terminal.wait_for("I see it.")
        (message,) = messages(server)
        content = "What is it? @~/photo.png\n\noutput of echo ho (exit status 0):\n```\nho\n```"
        assert (message["content"], message["images"]) == (content, LOOK["images"])
        terminal.send(CTRL_D)
        assert terminal.wait_exit() == 0
    with ReplayServer(SEEN, gets=SEES) as server:
        made = home / "made"
        env = environment(home, OLLAMA_HOST=server.host)
        assert run(env=env, stdin=f"!touch {made}\n").status == 0
        assert messages(server) == [{"role": "user", "content": f"!touch {made}"}]
        assert not made.exists()
