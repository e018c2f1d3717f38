"""A chat with images and texts that is left is on disk only: what went with it is whole when it is wanted again."""

import json
from base64 import b64decode, b64encode
from pathlib import Path

from tests.support.answers import MODEL, done, ndjson_chat, one_model, opening, text
from tests.support.leaks import nothing_left
from tests.support.pictures import png
from tests.support.program import CHINWAG, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_D, CTRL_N, ENTER, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal
from tests.support.wire import SendChunk

PHOTO, DRAWN = png(640, 480), png(32, 16)
NOTES = "word " * 60_000
"""More than may stay in memory of chats that are not shown."""
_DRAWING = {"model": MODEL, "message": {"role": "assistant", "content": "", "images": [b64encode(DRAWN).decode()]}}
DRAWING = (
    *opening(()),
    text("I see it."),
    SendChunk(json.dumps({**_DRAWING, "done": False}).encode() + b"\n"),
    done(),
    SendChunk(b""),
)


@SIZES
def test_what_went_with_a_chat_and_what_was_drawn_there_outlast_its_sleep(
    size: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "photo.png").write_bytes(PHOTO)
    (tmp_path / "notes.txt").write_text(NOTES)
    trace = tmp_path / "trace"
    script = DRAWING, ndjson_chat(["Rome."]), ndjson_chat(["Yes."])
    with (
        nothing_left(),
        ReplayServer(*script, gets=one_model("completion", "vision")) as server,
        Terminal([*CHINWAG, "--trace", str(trace)], *size, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("see @~/photo.png @~/notes.txt" + ENTER)
        terminal.wait_for("[image image.png, 32x16, 86 B]")
        terminal.wait_for(lambda screen: "ready" in screen[-2])
        terminal.send(CTRL_N)
        terminal.wait_for(lambda screen: screen[0].endswith("2 new"))
        terminal.send("Italy?" + ENTER)
        terminal.wait_for("Rome.")
        terminal.wait_for(lambda screen: "ready" in screen[-2])
        terminal.send(ALT + "1")
        terminal.wait_for("[image image.png, 32x16, 86 B]")
        assert _kinds(trace) >= {"ConversationSlept", "ConversationRead"}
        (tmp_path / "photo.png").unlink()
        (tmp_path / "notes.txt").unlink()
        terminal.send("And now?" + ENTER)
        terminal.wait_for("Yes.")
        terminal.wait_for(lambda screen: "ready" in screen[-2])
        terminal.send("/save-images ~/drawn" + ENTER)
        terminal.wait_for(lambda screen: "image-1.png." in "".join(screen))
        terminal.send(CTRL_D)
        quits(terminal)
        (prompt, reply, _) = json.loads(server.chats[-1].body)["messages"]
    assert [b64decode(image) for image in prompt["images"]] == [PHOTO]
    assert prompt["content"].endswith(f"~/notes.txt:\n```\n{NOTES}\n```")
    assert reply == {"role": "assistant", "content": "I see it."}
    assert (tmp_path / "drawn" / "image-1.png").read_bytes() == DRAWN
    assert _exported(tmp_path) == [
        [("~/photo.png", PHOTO), ("~/notes.txt", NOTES.encode())],
        [("image.png", DRAWN)],
    ]


def _kinds(trace: Path) -> set[str]:
    """Of the messages in a trace that tell of sleep."""
    return {kind for kind in ("ConversationSlept", "ConversationRead") if f'"type":"{kind}"' in trace.read_text()}


def _exported(home: Path) -> list[list[tuple[str, bytes]]]:
    """What goes with the messages of all chats, once they were exported, imported elsewhere and exported again."""
    (other := home / "other").mkdir()
    document = run("chats", "export", "--all", "--json", env=environment(home)).out
    assert run("chats", "import", "-", env=environment(other), stdin=document).status == 0
    again = run("chats", "export", "--all", "--json", env=environment(other)).out
    assert again == document
    messages = [message for chat in json.loads(again)["conversations"] for message in chat["messages"]]
    attached = [message["attachments"] for message in messages if message.get("attachments")]
    return [[(one["name"], b64decode(one["data"])) for one in each] for each in attached]
