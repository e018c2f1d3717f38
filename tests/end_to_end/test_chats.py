"""What was said is kept: the program opens it again, lists it and prints it."""

import json
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.shelf import write_archive
from protocol.chats_export import encode_export
from protocol.identity import ConversationId, MessageId
from tests.support.answers import ndjson_chat, opening
from tests.support.program import CHINWAG, Ran, environment, run
from tests.support.records import ROAD, SEA, prompt
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, MODEL, quits
from tests.support.terminal import Terminal
from tests.support.wire import Hold, Wait
from ui.markdown_export import markdown


def answered(prompt: str) -> Callable[[list[str]], bool]:
    """Whether a screen shows this prompt in the talk, and nothing under way."""
    return lambda screen: f"> {prompt}" in screen[:-2] and "ready" in screen[-2]


def chat(home: Path, server: ReplayServer, *prompts: str, arguments: tuple[str, ...] = ()) -> list[str]:
    """Have a chat in which each prompt is answered before the next; return the last screen."""
    with Terminal([*CHINWAG, *arguments], env={"OLLAMA_HOST": server.host}, home=home) as terminal:
        terminal.wait_for("ready")
        for number, prompt in enumerate(prompts, len(server.chats) + 1):
            terminal.send(prompt + ENTER)
            server.request_received(number)
            terminal.wait_for(answered(prompt))
        screen = terminal.wait_for("ready")
        terminal.send(CTRL_D)
        quits(terminal)
    return screen


def test_the_last_conversation_goes_on_where_it_ended(tmp_path: Path) -> None:
    answers = ndjson_chat(["Paris."]), ndjson_chat(["Two million."])
    with ReplayServer(*answers, models=MODEL) as server:
        chat(tmp_path, server, "Capital of France?", arguments=("--system", "Be brief."))
        screen = chat(tmp_path, server, "How many people?", arguments=("--continue",))
        sent = json.loads(server.chats[1].body)["messages"]
    assert sent == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Capital of France?"},
        {"role": "assistant", "content": "Paris."},
        {"role": "user", "content": "How many people?"},
    ]
    assert [line for line in screen if line][:6] == [
        "> Capital of France?",
        "smollm2:135m",
        "Paris.",
        "> How many people?",
        "smollm2:135m",
        "Two million.",
    ]


def test_a_model_and_a_system_prompt_named_besides_hold_from_now_on(tmp_path: Path) -> None:
    named = ("--continue", "-m", "huge:70b", "--system", "Be long.")
    with ReplayServer(ndjson_chat(["Paris."]), models=(*MODEL, "huge:70b")) as server:
        chat(tmp_path, server, "Capital?", arguments=("-m", *MODEL))
        chat(tmp_path, server, "And now?", arguments=named)
        sent = json.loads(server.chats[1].body)
    assert (sent["model"], sent["messages"][0]) == ("huge:70b", {"role": "system", "content": "Be long."})


def test_a_conversation_that_was_left_is_found_again_with_its_reply(tmp_path: Path) -> None:
    more = threading.Event()
    slow = (*opening(["Once"]), Wait(more), *ndjson_chat([" upon a time."])[1:])
    with (
        ReplayServer(slow, ndjson_chat(["Paris."]), models=MODEL) as server,
        Terminal(CHINWAG, env={"OLLAMA_HOST": server.host}, home=tmp_path) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("Tell a story" + ENTER)
        terminal.wait_for("Once")
        terminal.send("/new" + ENTER + "Capital?" + ENTER)
        terminal.wait_for("Paris.")
        assert "1 in background" in terminal.display()[-2]
        more.set()
        terminal.send("/chats" + ENTER)
        terminal.wait_for("  Tell a story")
        terminal.send("tell" + ENTER)
        assert "Paris." not in " ".join(terminal.wait_for("Once upon a time."))
        terminal.send("/open nosuch" + ENTER)
        terminal.wait_for("No chat begins with 'nosuch'.")
        terminal.send(CTRL_D)
        quits(terminal)


def test_conversations_are_listed_searched_and_shown(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with ReplayServer(ndjson_chat(["Paris."]), ndjson_chat(["\x1b[31mRed."]), models=MODEL) as server:
        chat(tmp_path, server, "Capital of France?")
        chat(tmp_path, server, "A colour?")
    listed = run("chats", "list", env=env).out.splitlines()
    assert [line.split("  ")[2:] for line in listed] == [
        ["smollm2:135m", "A colour?"],
        ["smollm2:135m", "Capital of France?"],
    ]
    kept = json.loads(run("chats", "list", "--json", env=env).out)
    assert [one["title"] for one in kept] == ["A colour?", "Capital of France?"]
    shown = "# Capital of France?\n\n## You\n\nCapital of France?\n\n## smollm2:135m\n\nParis.\n"
    assert run("chats", "show", "capital", env=env) == Ran(0, shown, "")
    assert "␛[31mRed." in run("chats", "show", "A col", env=env).out
    record = json.loads(run("chats", "show", kept[1]["id"], "--json", env=env).out)
    assert [(one["role"], one["text"], one["state"]) for one in record["messages"]] == [
        ("user", "Capital of France?", "done"),
        ("assistant", "Paris.", "done"),
    ]
    (found,) = run("chats", "search", "paris", env=env).out.splitlines()
    assert found.split("  ")[2:] == ["Capital of France?", "Reply: Paris."]
    assert run("chats", "search", "london", env=env) == Ran(1, "", "chinwag: No message has 'london' in it.\n")
    assert run("chats", "search", "london", "--json", env=env).out == "[]\n"


@pytest.mark.parametrize("action", [["list"], ["show", "x"], ["search", "x"], ["export"], ["delete", "x"]])
def test_where_nothing_was_kept_that_is_one_sentence(tmp_path: Path, action: list[str]) -> None:
    nothing = run("chats", *action, env=environment(tmp_path))
    assert (nothing.status, nothing.out) == (2, "")
    assert nothing.err.startswith("chinwag: There are no chats to read in ")


def test_what_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    env = environment(tmp_path)
    fill(tmp_path)
    said = "chinwag: There is no chat 'nosuch'. See them with: chinwag chats list\n"
    for action in ("show", "export", "delete"):
        assert run("chats", action, "nosuch", env=env) == Ran(2, "", said)


def fill(home: Path) -> None:
    """Put conversations where the program looks for them, one of them deleted."""
    with closing(write_archive(home / "data" / "chinwag")) as archive:
        gone = replace(SEA, id=ConversationId("gone"), messages=(prompt("z", None, "Secret"),), head=None, waiting=())
        archive.keep_records([SEA, ROAD, gone])
        archive.delete(gone.id, 1.0)


def test_what_is_exported_and_imported_elsewhere_is_exported_the_same_to_the_byte(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    fill(here)
    exported = run("chats", "export", "--all", "--json", env=environment(here))
    assert (exported.status, exported.err) == (0, "")
    assert exported.out == encode_export([SEA, ROAD])
    said = "Imported 2 chats with 9 messages.\n"
    assert run("chats", "import", "-", env=environment(there), stdin=exported.out) == Ran(0, said, "")
    assert run("chats", "export", "--all", "--json", env=environment(there)) == exported
    again = "Imported 0 chats with 0 messages; 2 chats with 9 messages were there already.\n"
    assert run("chats", "import", "-", env=environment(there), stdin=exported.out) == Ran(0, again, "")
    assert run("chats", "export", "--all", "--json", env=environment(there)) == exported


def test_what_a_killed_program_left_is_exported_imported_and_exported_the_same(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    with (
        ReplayServer((*opening(["Once"]), Hold()), models=MODEL) as server,
        Terminal(CHINWAG, env={"OLLAMA_HOST": server.host}, home=here) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("Tell a story" + ENTER + "And another" + ENTER)
        terminal.wait_for("Once")
        terminal.wait_for(lambda _: any("Once" in text for text in said(here)))
        terminal.kill(signal.SIGKILL)
    exported = run("chats", "export", "--all", "--json", env=environment(here))
    (talk,) = json.loads(exported.out)["conversations"]
    assert [(one["text"], one["state"]) for one in talk["messages"]] == [
        ("Tell a story", "interrupted"),
        ("Once", "interrupted"),
    ]
    assert [one["prompt"] for one in talk["waiting"]] == ["And another"]
    assert run("chats", "import", "-", env=environment(there), stdin=exported.out).status == 0
    assert run("chats", "export", "--all", "--json", env=environment(there)) == exported


def said(home: Path) -> list[str]:
    """What came of replies, as far as it is on disk."""
    shown = run("chats", "export", "--all", "--json", env=environment(home))
    return [one["text"] for talk in json.loads(shown.out)["conversations"] for one in talk["messages"]]


def test_an_export_is_utf_8_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    fill(tmp_path)
    env = environment(tmp_path, PYTHONIOENCODING="ascii", LANG="C")
    command = [*CHINWAG, "chats", "export", "das", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, timeout=30)
    assert done.stdout == encode_export([SEA]).encode()


def test_files_are_written_for_their_owner_and_never_over_others(tmp_path: Path) -> None:
    fill(tmp_path)
    env, file = environment(tmp_path), tmp_path / "sea.md"
    assert run("chats", "export", "das", "-o", str(file), env=env) == Ran(0, f"Wrote 1 chat to {file}.\n", "")
    assert (file.read_text(), file.stat().st_mode & 0o777) == (markdown(SEA), 0o600)
    said = f"chinwag: {file} is there already. Name another with -o, or write over it with --force.\n"
    assert run("chats", "export", "road", "-o", str(file), env=env) == Ran(2, "", said)
    assert run("chats", "export", "road", "-o", str(file), "--force", env=env).status == 0
    assert file.read_text() == markdown(ROAD)


def test_an_imported_conversation_is_gone_on_with_where_it_ended(tmp_path: Path) -> None:
    document = encode_export([replace(SEA, head=MessageId("b#2"), model=MODEL[0], waiting=())])
    assert run("chats", "import", "-", env=environment(tmp_path), stdin=document).status == 0
    with ReplayServer(ndjson_chat(["Old."]), models=MODEL) as server:
        screen = chat(tmp_path, server, "How old?", arguments=("--continue",))
        sent = json.loads(server.chats[0].body)["messages"]
    assert [one["content"] for one in sent] == [
        "Be brief.",
        "Is it deep?",
        "Very.",
        "How deep?",
        "Eleven kilometres.",
        "How old?",
    ]
    assert "Old." in screen
    assert "Old." in run("chats", "show", "das", env=environment(tmp_path)).out


def test_what_is_deleted_is_not_opened_until_it_is_brought_back(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with ReplayServer(ndjson_chat(["Paris."]), models=MODEL) as server:
        chat(tmp_path, server, "Capital of France?")
    (kept,) = json.loads(run("chats", "list", "--json", env=env).out)
    back = f"Bring it back with: chinwag chats delete --undo {kept['id'][:8]}\n"
    assert run("chats", "delete", "cap", env=env) == Ran(0, f"Deleted 'Capital of France?'. {back}", "")
    assert run("chats", "list", env=env) == Ran(0, "", "")
    assert run("chats", "delete", "--undo", env=env) == Ran(0, "'Capital of France?' is back.\n", "")
    assert "Paris." in run("chats", "show", "cap", env=env).out


def test_a_document_that_is_not_sound_is_refused_whole(tmp_path: Path) -> None:
    env = environment(tmp_path)
    fill(tmp_path)
    before = run("chats", "export", "--all", "--json", env=env)
    document = json.loads(before.out)
    document["conversations"][0]["id"] = "new"
    document["conversations"][1]["messages"][0]["parent"] = "nobody"
    refused = run("chats", "import", "-", env=env, stdin=json.dumps(document))
    assert (refused.status, refused.out) == (2, "")
    assert "Nothing was imported." in refused.err
    assert "Traceback" not in refused.err
    stolen = replace(SEA, id=ConversationId("thief"))
    refused = run("chats", "import", "-", env=env, stdin=encode_export([stolen]))
    assert (refused.status, refused.out) == (1, "")
    assert "Nothing was changed." in refused.err
    assert run("chats", "export", "--all", "--json", env=env) == before


@pytest.mark.parametrize("action", [["list"], ["import", "-"], ["delete", "das"], ["export", "--all", "--json"]])
def test_a_damaged_archive_is_one_sentence_and_stays_as_it_is(tmp_path: Path, action: list[str]) -> None:
    fill(tmp_path)
    path = tmp_path / "data" / "chinwag" / "chinwag.db"
    damaged = b"x" * 4096 + path.read_bytes()[4096:]
    path.write_bytes(damaged)
    ran = run("chats", *action, env=environment(tmp_path), stdin=encode_export([SEA]))
    said = f"chinwag: {path} is damaged. `sqlite3 {path} .recover` may save what is in it.\n"
    assert ran == Ran(2, "", said)
    assert path.read_bytes() == damaged


def test_a_list_whose_reader_goes_away_ends_quietly(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        chat(tmp_path, server, "Capital?")
    piped = ["sh", "-c", '"$@" | true', "sh", *CHINWAG, "chats", "list"]
    done = subprocess.run(piped, env=environment(tmp_path), capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_disk_that_cannot_be_written_is_said_once_and_the_chat_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with ReplayServer(models=MODEL) as server:
        screen = chat(tmp_path, server, "Capital?", arguments=("--data-dir", str(blocked / "below")))
    text = " ".join(screen)
    assert text.count("cannot be used (Not a directory") == 1
    assert "not kept on disk" in screen[-2]
    assert "The capital of France is Paris." in text
