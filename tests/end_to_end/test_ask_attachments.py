"""`chinwag ask --image` and `--file`: what goes with prompts from the command line, in both dialects."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import MODEL, ndjson_chat, one_model, opening, replay, text
from tests.support.openai_answers import sse_chat
from tests.support.pictures import png
from tests.support.ports import refusing_port
from tests.support.program import Ran, environment, run
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.wire import SendChunk

PICTURE, OTHER = png(640, 480), png(2, 2)
ENCODED, OTHER_ENCODED = b64encode(PICTURE).decode(), b64encode(OTHER).decode()
NOTES = 'notes.py:\n```python\nprint("one")\n```'
SEEN = ndjson_chat(["I see it."])
SEES, BLIND = one_model("completion", "vision"), one_model("completion")
BLINDNESS = (
    "smollm2:135m cannot see images. No model on {url} can."
    " Choose another with /model or -m, or send it without the image."
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two images and a text."""
    (tmp_path / "photo.png").write_bytes(PICTURE)
    (tmp_path / "other.png").write_bytes(OTHER)
    (tmp_path / "notes.py").write_text('print("one")\n')
    return tmp_path


def ask(server: ReplayServer, home: Path, *arguments: str, stdin: str | None = None) -> Ran:
    """Ask, with the home as the folder in which the program is."""
    return run("ask", *arguments, env=environment(home, OLLAMA_HOST=server.host), stdin=stdin, folder=home)


def messages(server: ReplayServer) -> list[list[dict[str, Any]]]:
    """What each request said."""
    return [json.loads(chat.body)["messages"] for chat in server.chats]


def test_an_image_goes_as_base64_and_a_text_in_a_fence_under_its_name(home: Path) -> None:
    with ReplayServer(SEEN, gets=SEES) as server:
        flags = ("--image", "photo.png", "--file", "notes.py", "--image", "~/other.png")
        assert ask(server, home, "Look.", *flags) == Ran(0, "I see it.\n", "")
        assert json.loads(server.chats[0].body) == {
            "model": MODEL,
            "messages": [{"role": "user", "content": f"Look.\n\n{NOTES}", "images": [ENCODED, OTHER_ENCODED]}],
            "stream": True,
        }


def test_a_server_that_speaks_as_openais_does_gets_them_as_parts_of_the_content(home: Path) -> None:
    with ReplayServer(sse_chat(["I see it."])) as server:
        whom = ("--host", f"{server.url}/v1", "-m", MODEL)
        assert ask(server, home, "Look.", *whom, "--image", "photo.png", "--file", "notes.py").out == "I see it.\n"
        (said,) = messages(server)
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{ENCODED}"}}
    assert said == [{"role": "user", "content": [{"type": "text", "text": f"Look.\n\n{NOTES}"}, picture]}]


def test_they_go_with_every_one_of_many_prompts(home: Path) -> None:
    with ReplayServer(SEEN, SEEN, SEEN, gets=SEES) as server:
        flags = ("--prompts", "-", "--jobs", "2", "--image", "photo.png", "--file", "notes.py")
        assert ask(server, home, *flags, stdin="one\ntwo\nthree\n").status == 0
        said = sorted((message["content"], message["images"]) for (message,) in messages(server))
    assert said == [(f"{prompt}\n\n{NOTES}", [ENCODED]) for prompt in ("one", "three", "two")]


def test_what_is_piped_in_is_the_prompt_and_not_what_goes_with_it(home: Path) -> None:
    with ReplayServer(SEEN, gets=SEES) as server:
        assert ask(server, home, "Which?", "--image", "photo.png", stdin="this or that\n").status == 0
        assert messages(server) == [[{"role": "user", "content": "Which?\n\nthis or that", "images": [ENCODED]}]]


def test_a_chat_that_is_kept_has_them_and_sends_them_again(home: Path) -> None:
    with ReplayServer(SEEN, SEEN, gets=SEES) as server:
        ask(server, home, "Look.", "--keep", "--image", "photo.png")
        (home / "photo.png").unlink()
        assert ask(server, home, "And this?", "--continue", "--image", "other.png").status == 0
        first, answer, second = messages(server)[1]
    assert (first["images"], second["images"]) == ([ENCODED], [OTHER_ENCODED])
    assert answer == {"role": "assistant", "content": "I see it."}
    shown = run("chats", "show", "Look", env=environment(home)).out
    assert "*(image photo.png, 640x480, 2 KB)*" in shown


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--image", "nosuch.png"), "'nosuch.png' cannot be read: No such file or directory. Attach another file."),
        (("--image", "notes.py"), "'notes.py' is no image, but text. Name it behind --file."),
        (("--file", "photo.png"), "'photo.png' is an image. Name it behind --image."),
        (("--file", "-"), "'-' is no file. Pipe the text in without --file: it is part of the prompt then."),
        (("--image", "-"), "An image is not read from standard input. Name its file behind --image."),
        (("--file", "folder"), "'folder' is a folder. Attach a file."),
        (("--file", "/dev/null"), "'/dev/null' is a device. Attach a file."),
        (("--file", "program"), "'program' is neither an image nor text. Attach another file."),
        (
            ("--file", "large"),
            "'large' has 1,048,577 bytes; the limit is 20 MB for an image, and 1 MB for a text. Attach a part of it.",
        ),
        (
            ("--image", "huge"),
            "'huge' has 20,971,521 bytes; the limit is 20 MB for an image, and 1 MB for a text. Attach a part of it.",
        ),
    ],
)
def test_what_cannot_go_along_is_wrong_usage_and_nothing_is_sent(home: Path, flags: tuple[str, ...], said: str) -> None:
    (home / "folder").mkdir()
    (home / "program").write_bytes(b"\x7fELF\0\0")
    (home / "large").write_text("x" * 1_048_577)
    with (home / "huge").open("wb") as huge:
        huge.write(PICTURE)
        huge.truncate(20 * 1024 * 1024 + 1)
    with ReplayServer(gets=SEES) as server:
        assert ask(server, home, "Look.", *flags) == Ran(2, "", f"chinwag: {said}\n")
        assert ask(server, home, "--prompts", "-", *flags, stdin="one\n") == Ran(2, "", f"chinwag: {said}\n")
        assert server.requests == ()


@pytest.mark.parametrize("which", [(), ("-m", MODEL)], ids=["the only model", "a model that is named"])
def test_a_model_that_does_not_see_is_wrong_usage_and_is_sent_nothing(home: Path, which: tuple[str, ...]) -> None:
    with ReplayServer(gets=BLIND) as server:
        said = BLINDNESS.format(url=server.url)
        assert ask(server, home, "Look.", *which, "--image", "photo.png") == Ran(2, "", f"chinwag: {said}\n")
        status_, out, _ = ask(server, home, "Look.", *which, "--image", "photo.png", "--json")
        error = json.loads(out)
        many = ask(server, home, "--prompts", "-", *which, "--image", "photo.png", stdin="one\ntwo\n")
        assert server.chats == ()
    assert (status_, error["type"], error["message"], error["category"]) == (2, "error", said, "ui")
    lines = "".join(f"chinwag: Line {number}: {said}\n" for number in (1, 2))
    assert many == Ran(1, "", f"{lines}chinwag: 2 of 2 prompts failed.\n")


def test_a_text_is_for_every_model(home: Path) -> None:
    with ReplayServer(SEEN, gets=BLIND) as server:
        assert ask(server, home, "Look.", "--file", "notes.py") == Ran(0, "I see it.\n", "")
        assert messages(server) == [[{"role": "user", "content": f"Look.\n\n{NOTES}"}]]


def test_where_nobody_knows_whether_a_model_sees_the_server_says_it(home: Path) -> None:
    with ReplayServer(replay(recording("images_no_vision_gemma")), gets=one_model()) as server:
        status_, _, err = ask(server, home, "Look.", "--image", "photo.png")
        assert len(server.chats) == 1
    assert (status_, "This model cannot see images (status 400)" in err) == (1, True)


def test_where_no_server_answers_that_is_said_at_once(home: Path) -> None:
    with refusing_port() as port:
        env = environment(home, OLLAMA_HOST=f"127.0.0.1:{port}")
        answer = run("ask", "Look.", "-m", MODEL, "--image", "photo.png", env=env, folder=home)
    assert (answer.status, answer.out) == (1, "")
    assert answer.err.startswith(f"chinwag: No server answers at http://127.0.0.1:{port} (connection refused).")


def test_files_alone_are_no_prompt(home: Path) -> None:
    with ReplayServer(gets=SEES) as server:
        answer = ask(server, home, "--image", "photo.png")
        assert server.requests == ()
    said = 'chinwag: There is no prompt. Give one: chinwag ask "Why is the sky blue?", or pipe one in.\n'
    assert answer == Ran(2, "", said)


def test_what_a_model_draws_is_an_event_and_people_are_told_of_it(home: Path) -> None:
    line = {"model": MODEL, "message": {"role": "assistant", "content": "", "images": [ENCODED]}, "done": True}
    drawing = (*opening(()), text("Here."), SendChunk(json.dumps(line).encode() + b"\n"), SendChunk(b""))
    with ReplayServer(drawing, drawing, gets=SEES) as server:
        answer = ask(server, home, "Draw.")
        events = [json.loads(each) for each in ask(server, home, "Draw.", "--json").out.splitlines()]
    said = "The model drew an image, which ask does not print: --json has it, and --keep keeps it in a chat."
    assert answer == Ran(0, "Here.\n", f"chinwag: {said}\n")
    assert [event["type"] for event in events] == ["start", "text", "image", "end"]
    assert events[2] == {"type": "image", "media_type": "image/png", "data": ENCODED}
